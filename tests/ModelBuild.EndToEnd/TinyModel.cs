using System.Text;

namespace ModelBuild.EndToEnd;

/// <summary>ONNX of a few hundred bytes: y = x·W + b from 4 numbers to 3, written without any library.</summary>
internal static class TinyModel
{
    private const int Float = 1;

    /// <param name="path">The file to write.</param>
    /// <param name="bias">What b is; with ones as x, y is 4 + bias, 8 + bias, 12 + bias.</param>
    /// <param name="external">Where W is kept, from the model's folder, or null for in the model.</param>
    /// <param name="last">An operator of one input that y comes from, perhaps after its domain and a dot; null for none.</param>
    public static void Write(string path, float bias = 0.5f, string? external = null, string? last = null)
    {
        float[] w = [.. Enumerable.Range(0, 12).Select(i => i % 3 + 1f)], b = [bias, bias, bias];
        if (external != null)
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path)!, external), Raw(w));
        byte[] graph =
        [
            .. Field(1, Node("MatMul", "x", "W", "xw")), .. Field(1, Node("Add", "xw", "b", last == null ? "y" : "z")), .. last == null ? [] : Field(1, Node(last, "z", null, "y")),
            .. Field(2, Text("tiny")),
            .. Field(5, Tensor("W", [4, 3], w, external)), .. Field(5, Tensor("b", [3], b, null)),
            .. Field(11, Value("x", 4)), .. Field(12, Value("y", 3)),
        ];
        File.WriteAllBytes(path, [.. Field(1, 8), .. Field(7, graph), .. Field(8, [.. Field(1, Text("")), .. Field(2, 17)]), .. Domain(last).Length == 0 ? [] : Field(8, [.. Field(1, Text(Domain(last))), .. Field(2, 1)])]);
    }

    private static byte[] Node(string op, string a, string? b, string y) => [.. Field(1, Text(a)), .. b == null ? [] : Field(1, Text(b)), .. Field(2, Text(y)), .. Field(3, Text(op)), .. Field(4, Text(op[(op.LastIndexOf('.') + 1)..])), .. Domain(op).Length == 0 ? [] : Field(7, Text(Domain(op)))];

    private static string Domain(string? op) => op?.Contains('.') == true ? op[..op.LastIndexOf('.')] : "";

    private static byte[] Tensor(string name, int[] shape, float[] values, string? external) =>
    [
        .. shape.SelectMany(d => Field(1, d)), .. Field(2, Float), .. Field(8, Text(name)),
        .. external == null ? Field(9, Raw(values)) : [.. Field(13, [.. Field(1, Text("location")), .. Field(2, Text(external))]), .. Field(14, 1)],
    ];

    private static byte[] Value(string name, int length)
    {
        byte[] shape = [.. Field(1, Field(2, Text("batch"))), .. Field(1, Field(1, length))];
        return [.. Field(1, Text(name)), .. Field(2, Field(1, [.. Field(1, Float), .. Field(2, shape)]))];
    }

    private static byte[] Raw(float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Field(int number, byte[] content) => [.. Varint(number << 3 | 2), .. Varint(content.Length), .. content];

    private static byte[] Field(int number, int value) => [.. Varint(number << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value > 127; value >>= 7)
            yield return (byte)(value & 127 | 128);
        yield return (byte)value;
    }
}
