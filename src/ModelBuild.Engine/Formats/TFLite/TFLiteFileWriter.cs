using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace ModelBuild.Engine;

/// <summary>A tensor to write: what its integers mean, its data where it is constant, whether its first axis is a batch of any length.</summary>
internal sealed record TFLiteNewTensor(string Name, TensorType Type, Quantization? Meaning = null, Tensor? Data = null, bool Batch = false);

/// <summary>An operator to write: its options by field number, of the values int, bool, sbyte, float or Ints.</summary>
internal sealed record TFLiteNewCall(string Name, int Version, int[] Inputs, int[] Outputs, (int Field, object Value)[] Options);

/// <summary>TensorFlow Lite's file, written by the field numbers that <see cref="TFLiteFile"/> reads. Equal vectors of numbers are stored once.</summary>
internal sealed class TFLiteFileWriter
{
    // Where kernels may load whole registers.
    private const int Alignment = 16;

    // Above it the code is in a further field, as the first one is a byte.
    private const int MostOld = 127;

    private readonly FlatBufferBuilder _b = new(1 << 16);
    private readonly Dictionary<string, int> _vectors = [];

    public static byte[] Write(string name, string producer, IReadOnlyList<TFLiteNewTensor> tensors, IReadOnlyList<TFLiteNewCall> calls, int[] inputs, int[] outputs) =>
        new TFLiteFileWriter().Build(name, producer, tensors, calls, inputs, outputs);

    private byte[] Build(string name, string producer, IReadOnlyList<TFLiteNewTensor> tensors, IReadOnlyList<TFLiteNewCall> calls, int[] inputs, int[] outputs)
    {
        // Buffer 0 is the one of what is computed.
        List<int> buffers = [Table(0, [])], written = [];
        foreach (TFLiteNewTensor tensor in tensors)
        {
            written.Add(Tensor(tensor, tensor.Data == null ? 0 : buffers.Count));
            if (tensor.Data is { } data)
                buffers.Add(Table(1, [(TFLiteFile.BufferField.Data, Bytes(data))]));
        }
        (string Name, int Version)[] codes = [.. calls.Select(c => (c.Name, c.Version)).Distinct()];
        int[] operators = [.. calls.Select(c => Call(c, Array.IndexOf(codes, (c.Name, c.Version))))];
        int graph = Table(5,
        [
            (TFLiteFile.Subgraph.Tensors, Tables([.. written])), (TFLiteFile.Subgraph.Inputs, Numbers(inputs)), (TFLiteFile.Subgraph.Outputs, Numbers(outputs)),
            (TFLiteFile.Subgraph.Operators, Tables(operators)), (TFLiteFile.Subgraph.Name, Text(name)),
        ]);
        int signature = Table(5,
        [
            (TFLiteFile.Signature.Inputs, Names(tensors, inputs)), (TFLiteFile.Signature.Outputs, Names(tensors, outputs)), (TFLiteFile.Signature.Key, Text("serving_default")),
        ], (TFLiteFile.Signature.Subgraph, 0));
        int root = Table(8,
        [
            (TFLiteFile.Model.Codes, Tables([.. codes.Select(Code)])), (TFLiteFile.Model.Subgraphs, Tables([graph])), (TFLiteFile.Model.Description, Text($"ModelBuild {producer}")),
            (TFLiteFile.Model.Buffers, Tables([.. buffers])), (TFLiteFile.Model.Signatures, Tables([signature])),
        ], (TFLiteFile.Model.Version, TFLiteFile.SchemaVersion));
        _b.Finish(root, TFLiteFile.Identifier);
        return _b.SizedByteArray();
    }

    private int Tensor(TFLiteNewTensor tensor, int buffer)
    {
        int meaning = 0;
        if (tensor.Meaning is { } q)
        {
            int scales = Vector([.. q.Scales], 4, (b, v) => b.AddFloat(v)), zeros = Vector([.. q.ZeroPoints.Select(z => (long)z)], 8, (b, v) => b.AddLong(v));
            meaning = Table(7, [(TFLiteFile.Quantized.Scale, scales), (TFLiteFile.Quantized.Zero, zeros)], q.Scales.Count > 1 ? [(TFLiteFile.Quantized.Axis, q.Axis)] : []);
        }
        Shape shape = tensor.Type.Shape;
        int declared = tensor.Batch ? Numbers([-1, .. shape.Skip(1)]) : 0;
        sbyte element = (sbyte)TFLiteFile.Elements.First(e => e.Value == tensor.Type.Element).Key;
        return Table(8,
            [(TFLiteFile.TensorField.Shape, Numbers([.. shape])), (TFLiteFile.TensorField.Name, Text(tensor.Name)), (TFLiteFile.TensorField.Quantization, meaning), (TFLiteFile.TensorField.Signature, declared)],
            (TFLiteFile.TensorField.Type, element), (TFLiteFile.TensorField.Buffer, buffer));
    }

    private int Call(TFLiteNewCall call, int code)
    {
        TFLiteOperator row = TFLiteOperators.ByName[call.Name];
        (int, int)[] vectors = [.. call.Options.Where(o => o.Value is Ints).Select(o => (o.Field, Numbers([.. (Ints)o.Value])))];
        int options = row.Options == 0 ? 0 : Table(8, vectors, [.. call.Options.Where(o => o.Value is not Ints)]);
        return Table(6, [(TFLiteFile.Operator.Inputs, Numbers(call.Inputs)), (TFLiteFile.Operator.Outputs, Numbers(call.Outputs)), (TFLiteFile.Operator.Options, options)],
            [(TFLiteFile.Operator.Code, code), .. row.Options == 0 ? [] : new (int, object)[] { (TFLiteFile.Operator.OptionsKind, (sbyte)row.Options) }]);
    }

    private int Code((string Name, int Version) operation)
    {
        int code = TFLiteOperators.CodeOf(operation.Name);
        return Table(4, [], (TFLiteFile.Code.Old, (sbyte)Math.Min(code, MostOld)), (TFLiteFile.Code.Version, operation.Version), (TFLiteFile.Code.New, code));
    }

    private int Names(IReadOnlyList<TFLiteNewTensor> tensors, int[] which) =>
        Tables([.. which.Select(t => Text(tensors[t].Name) is var text ? Table(2, [(0, text)], (1, t)) : 0)]);

    private int Table(int fields, (int Field, int Offset)[] offsets, params (int Field, object Value)[] values)
    {
        _b.StartTable(fields);
        foreach (var (field, offset) in offsets.Where(o => o.Offset != 0))
            _b.AddOffset(field, offset, 0);
        // What is said to be absent is never the value, so that each is written.
        foreach (var (field, value) in values)
        {
            switch (value)
            {
                case int i: _b.AddInt(field, i, i + 1); break;
                case sbyte i: _b.AddSbyte(field, i, (sbyte)(i + 1)); break;
                case bool flag: _b.AddBool(field, flag, !flag); break;
                case float f: _b.AddFloat(field, f, f + 1); break;
                default: throw new ArgumentException(value.ToString());
            }
        }
        return _b.EndTable();
    }

    private int Numbers(int[] values) => Vector(values, 4, (b, v) => b.AddInt(v));

    private int Vector<T>(T[] values, int bytes, Action<FlatBufferBuilder, T> add) where T : struct
    {
        string key = $"{typeof(T).Name} {Convert.ToHexString(MemoryMarshal.AsBytes(values.AsSpan()))}";
        if (_vectors.TryGetValue(key, out int known))
            return known;
        _b.StartVector(bytes, values.Length, bytes);
        foreach (T value in values.Reverse())
            add(_b, value);
        return _vectors[key] = _b.EndVector().Value;
    }

    private int Text(string text) => _b.CreateSharedString(text).Value;

    private int Bytes(Tensor tensor)
    {
        byte[] bytes = tensor.Element is ElementType.Int4 or ElementType.UInt4 ? Nibbles.Pack(tensor.Bytes.Span) : tensor.Bytes.ToArray();
        _b.StartVector(1, bytes.Length, Alignment);
        if (bytes.Length > 0)
            _b.Add(bytes);
        return _b.EndVector().Value;
    }

    private int Tables(int[] offsets)
    {
        _b.StartVector(4, offsets.Length, 4);
        foreach (int offset in offsets.Reverse())
            _b.AddOffset(offset);
        return _b.EndVector().Value;
    }
}
