using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>The plan's calls with weights, as the report lists them.</summary>
internal static class ReportLayers
{
    public static IReadOnlyList<ReportLayer> Of(Emitted emitted)
    {
        // A piece of the weights ends where the next one begins.
        int[] starts = [.. emitted.Plan.Calls.SelectMany(c => c.Arguments).Select(a => Offset(a.Value)).Where(o => o >= 0).Append(emitted.Weights.Length).Distinct().Order()];
        return [.. emitted.Plan.Calls.Where(c => c.Arguments.Any(a => a.Name == "weights" && Offset(a.Value) >= 0)).Select(call =>
        {
            int start = Offset(Argument(call, "weights")), bytes = starts.First(s => s > start) - start;
            int element = call.Kernel.Contains("F32F32", StringComparison.Ordinal) ? 4 : 1, zeros = 0;
            for (int i = 0; i < bytes; i += element)
                zeros += emitted.Weights.AsSpan(start + i, element).IndexOfAnyExcept((byte)0) < 0 ? 1 : 0;
            return new ReportLayer(call.Comment.Length == 0 ? call.Kernel : call.Comment, call.Kernel, bytes, bytes == 0 ? 0 : (double)zeros * element / bytes, Macs(call));
        })];
    }

    /// <summary>Multiply–accumulates of a kernel that has weights, or a second matrix in their place; of any other 0.</summary>
    public static long Macs(PlanCall call)
    {
        if (Argument(call, "weights").Length == 0)
            return 0;
        long Number(string name) => long.TryParse(Argument(call, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 1;
        return call.Kernel.StartsWith("MatMul", StringComparison.Ordinal)
            ? Number("rows") * Number("depth") * Number("columns")
            : Number("images") * Number("height") * Number("width") * Number("channels") * Number("depth") * Number("tapRows") * Number("tapColumns") * Number("groups");
    }

    private static string Argument(PlanCall call, string name) => call.Arguments.FirstOrDefault(a => a.Name == name)?.Value ?? "";

    private static int Offset(string value) => value.StartsWith("weights+", StringComparison.Ordinal) ? int.Parse(value.AsSpan(8), CultureInfo.InvariantCulture) : -1;
}
