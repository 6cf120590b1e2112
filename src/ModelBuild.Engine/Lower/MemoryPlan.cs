namespace ModelBuild.Engine;

/// <summary>Gives scratch buffers their places: largest first, each at the lowest offset where no buffer alive at the same time lies.</summary>
internal static class MemoryPlan
{
    private const int Alignment = 64;

    /// <summary>What vector loads may read past the last element of the last buffer.</summary>
    private const int Tail = 128;

    public static int Place(IEnumerable<Buffer> buffers)
    {
        var placed = new List<Buffer>();
        foreach (Buffer buffer in buffers.Where(b => b.Last >= 0).OrderByDescending(b => b.Bytes).ThenBy(b => b.First))
        {
            int offset = 0;
            foreach (Buffer other in placed.Where(o => o.First <= buffer.Last && buffer.First <= o.Last).OrderBy(o => o.Offset))
            {
                if (offset + buffer.Bytes <= other.Offset)
                    break;
                offset = Math.Max(offset, Align(other.Offset + other.Bytes));
            }
            buffer.Offset = offset;
            placed.Add(buffer);
        }
        return placed.Count == 0 ? 0 : Align(placed.Max(b => b.Offset + b.Bytes) + Tail);
    }

    private static int Align(int bytes) => checked(bytes + Alignment - 1) / Alignment * Alignment;
}
