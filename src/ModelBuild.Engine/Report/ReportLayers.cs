using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>The plan's calls with weights, as the report lists them.</summary>
internal static class ReportLayers
{
    public static IReadOnlyList<ReportLayer> Of(Emitted emitted)
    {
        Dictionary<string, PlanExpansion> expansions = emitted.Plan.Expansions.ToDictionary(e => $"expanded+{e.To}");
        // A piece of the weights ends where the next one begins.
        int[] starts = [.. emitted.Plan.Calls.SelectMany(c => c.Arguments).Select(a => Start(a.Value)).Where(o => o >= 0).Append(emitted.Weights.Length).Distinct().Order()];
        return [.. emitted.Plan.Calls.Where(c => Start(Argument(c, "weights")) >= 0).Select(call =>
        {
            string place = Argument(call, "weights");
            int start = Start(place);
            double zeros = expansions.TryGetValue(place, out PlanExpansion? expansion) ? Zeros(expansion, emitted.Weights) : Zeros(call, emitted.Weights.AsSpan(start, Bytes(start)));
            // Biases, scales and tables too.
            int bytes = call.Arguments.Select(a => Start(a.Value)).Where(o => o >= 0).Distinct().Sum(Bytes);
            return new ReportLayer(call.Comment.Length == 0 ? call.Kernel : call.Comment, call.Kernel, expansion?.Decoder ?? "", bytes, zeros, Macs(call));
        })];

        int Bytes(int start) => starts.First(s => s > start) - start;

        int Start(string value) => expansions.TryGetValue(value, out PlanExpansion? expansion) ? expansion.From : Offset(value);
    }

    // As kernels read them; of the sparse one's the last of the numbers of entries is that of all.
    private static double Zeros(PlanCall call, ReadOnlySpan<byte> weights)
    {
        if (call.Kernel != "SparseConvF32F32")
            return Zeros(weights, call.Kernel.Contains("F32F32", StringComparison.Ordinal) ? 4 : 1);
        int outputs = (int)Number(call, "outputs"), depth = (int)Number(call, "depth"), rows = (int)Number(call, "rows");
        int entries = MemoryMarshal.Cast<byte, int>(weights)[Sparse.Chunks(depth) * (outputs / rows) - 1];
        return 1 - Math.Min(1, (double)entries * rows / ((double)outputs * depth));
    }

    private static double Zeros(PlanExpansion expansion, ReadOnlySpan<byte> weights)
    {
        if (StoredForm.Table.FirstOrDefault(f => f.Decoder == expansion.Decoder) is { } form)
            return Zeros(Decoders.Elements(weights, expansion, form.ElementBytes), form.ElementBytes);
        ReadOnlySpan<byte> stored = weights[expansion.From..];
        int element = expansion.Decoder == StoredForm.Plain(sizeof(sbyte)) ? sizeof(sbyte) : sizeof(float);
        if (expansion.Sizes.Count == 0)
            return Zeros(stored[..(expansion.Elements * element)], element);
        // For the sparse kernel: a bit a group of elements.
        int bits = expansion.Sizes[0] * expansion.Sizes[1] / expansion.Sizes[3], ones = 0;
        foreach (byte mask in stored[..((bits + 7) / 8)])
            ones += BitOperations.PopCount(mask);
        return 1 - (double)ones / bits;
    }

    private static double Zeros(ReadOnlySpan<byte> elements, int bytes)
    {
        int zeros = 0;
        for (int i = 0; i + bytes <= elements.Length; i += bytes)
            zeros += elements.Slice(i, bytes).IndexOfAnyExcept((byte)0) < 0 ? 1 : 0;
        return elements.IsEmpty ? 0 : (double)zeros * bytes / elements.Length;
    }

    /// <summary>Multiply–accumulates of a kernel that has weights, or a second matrix in their place; of any other 0.</summary>
    public static long Macs(PlanCall call)
    {
        if (Argument(call, "weights").Length == 0)
            return 0;
        long gates = call.Kernel switch { "LstmF32F32" => 4, "GruF32F32" => 3, "RnnF32F32" => 1, _ => 0 };
        if (gates > 0)
            return gates * Number(call, "steps") * Number(call, "batch") * Number(call, "hidden") * Number(call, "hidden");
        string[] factors = call.Kernel.StartsWith("MatMul", StringComparison.Ordinal)
            ? ["rows", "depth", "columns"]
            : ["images", "height", "width", "pixels", "channels", "outputs", "depth", "tapRows", "tapColumns", "groups"];
        // Minimal filtering stands for the direct sum of nine taps.
        return factors.Aggregate(call.Kernel.StartsWith("Winograd", StringComparison.Ordinal) ? 9L : 1, (product, name) => product * Number(call, name));
    }

    private static long Number(PlanCall call, string name) => long.TryParse(Argument(call, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 1;

    private static string Argument(PlanCall call, string name) => call.Arguments.FirstOrDefault(a => a.Name == name)?.Value ?? "";

    private static int Offset(string value) => value.StartsWith("weights+", StringComparison.Ordinal) ? int.Parse(value.AsSpan(8), CultureInfo.InvariantCulture) : -1;
}
