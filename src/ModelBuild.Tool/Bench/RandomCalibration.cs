using System.IO.Compression;
using System.Text;
using ModelBuild.Engine;

namespace ModelBuild.Tool;

/// <summary>Made-up calibration data for who only wants to know how fast a model is: a file of seeded random samples.</summary>
internal static class RandomCalibration
{
    public const int Samples = 32;

    /// <exception cref="DiagnosticException">The model or a metadatum is at fault.</exception>
    public static void Write(string file, CompileRequest request)
    {
        Graph graph = ModelFormat.Import(request.Model, ImportOptions.None with { Dimensions = Dimensions.Read(request) }).Graph;
        bool raw = request.Scale.Length + request.Mean.Length + request.Std.Length > 0;
        // What is normalized is bytes before.
        DataInput[] inputs = [.. graph.Inputs.Select(i => new DataInput(i, Identifiers.Input(i, request.Class), graph.Types[i]))
            .Select(i => raw && i.Type.Element.IsFloat() ? i with { Type = i.Type with { Element = ElementType.UInt8 } } : i)];
        Tensor[][] samples = [.. RandomData.Of(inputs, Normalization.None, Samples, seed: 2).Samples()];
        using var zip = new ZipArchive(File.Create(file), ZipArchiveMode.Create);
        for (int i = 0; i < inputs.Length; i++)
        {
            using Stream entry = zip.CreateEntry(inputs[i].Identifier + ".npy", CompressionLevel.NoCompression).Open();
            entry.Write(Header(inputs[i].Type));
            foreach (Tensor[] sample in samples)
                entry.Write(sample[i].Bytes.Span);
        }
    }

    private static byte[] Header(TensorType type)
    {
        string word = type.Element == ElementType.Bool ? "b1" : $"{type.Element.Word()[0]}{type.Element.Bytes()}";
        string text = $"{{'descr': '<{word}', 'fortran_order': False, 'shape': ({string.Join(", ", type.Shape.Prepend(Samples))},), }}";
        // NumPy's own begin their data at a multiple of 64.
        text = text.PadRight((10 + text.Length) / 64 * 64 + 53) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }
}
