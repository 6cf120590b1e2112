using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelBuild.Engine;
using ModelBuild.Engine.Onnx;

namespace ModelBuild.Tool.Tests;

/// <summary>y = x·W + b from 4 numbers to 3: W is 1, 2, 3 in each row, and b a half, so that ones give 4.5, 8.5, 12.5.</summary>
internal static class SmallModel
{
    public static string Write(string path, string op = "Gemm")
    {
        var graph = new GraphProto
        {
            Name = "small",
            Node = { new NodeProto { Name = "product", OpType = op, Input = { "x", "W", "b" }, Output = { "y" } } },
            Initializer = { Tensor("W", [4, 3], [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]), Tensor("b", [3], [0.5f, 0.5f, 0.5f]) },
            Input = { Value("x", 4) },
            Output = { Value("y", 3) },
        };
        File.WriteAllBytes(path, new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } }.ToByteArray());
        return path;
    }

    /// <summary>An .npz file of float32 arrays.</summary>
    public static string WriteArrays(string path, params ReadOnlySpan<(string Name, int[] Shape, float[] Values)> arrays)
    {
        using var zip = new System.IO.Compression.ZipArchive(File.Create(path), System.IO.Compression.ZipArchiveMode.Create);
        foreach (var (name, shape, values) in arrays)
        {
            using Stream entry = zip.CreateEntry(name + ".npy").Open();
            byte[] header = System.Text.Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Join(", ", shape)},), }}\n");
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. MemoryMarshal.AsBytes(values.AsSpan())]);
        }
        return path;
    }

    private static TensorProto Tensor(string name, long[] shape, float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)ElementType.Float32, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    private static ValueInfoProto Value(string name, long length)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" }, new TensorShapeProto.Types.Dimension { DimValue = length } } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float32, Shape = shape } } };
    }
}
