namespace ModelBuild.Engine;

/// <summary>Whether samples fit an input: the same axes, but for those of length 1.</summary>
internal static class DataShapes
{
    /// <exception cref="DiagnosticException">MB1024 with both shapes.</exception>
    public static void Check(DataSource source, string file, DataInput input, IEnumerable<long> sample)
    {
        long[] found = [.. sample], wanted = [.. input.Type.Shape.Select(a => (long)a)];
        if (Squeeze(found).SequenceEqual(Squeeze(wanted)))
            return;
        throw Diagnostics.DataShape(source, file, input, Text(found), Hint(found, wanted));
    }

    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string Hint(long[] found, long[] wanted)
    {
        if (Squeeze(found).Order().SequenceEqual(Squeeze(wanted).Order()))
            return "; the axes stand in another order: transpose the array";
        if (found.Aggregate(1.0, (a, b) => a * b) == wanted.Aggregate(1.0, (a, b) => a * b))
            return $"; reshape the array to [N, {string.Join(", ", Squeeze(wanted).DefaultIfEmpty(1))}]";
        return Squeeze(found).SequenceEqual(Squeeze(wanted).Skip(1)) ? $"; the first axis of an array is samples: a single one has the shape [1, {string.Join(", ", wanted)}]" : "";
    }

    private static IEnumerable<long> Squeeze(IEnumerable<long> shape) => shape.Where(a => a != 1);
}
