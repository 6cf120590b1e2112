using System.Runtime.InteropServices;

namespace ModelBuild.Generated;

/// <summary>
/// Weights as the sparse kernel reads them, of words of four bytes: for each chunk of channels and in it each block of outputs the number of the entry after its last; for each
/// entry its channel, counted from the chunk's first; for each entry the weights of its block's outputs. They are made of dense ones in the order [block][channel][output of the block].
/// </summary>
internal readonly struct SparseForm(int outputs, int depth, int rows)
{
    public int Length(ReadOnlySpan<float> weights)
    {
        int entries = 0, blocks = outputs / rows, chunks = Sparse.Chunks(depth);
        for (int chunk = 0; chunk < chunks; chunk++)
        for (int block = 0; block < blocks; block++)
            entries += Even(Count(weights, block, chunk));
        return checked(chunks * blocks + entries * (1 + rows));
    }

    public void Write(ReadOnlySpan<float> weights, Span<int> words)
    {
        int blocks = outputs / rows, chunks = Sparse.Chunks(depth), at = 0;
        Span<int> ends = words[..(chunks * blocks)], channels = words[ends.Length..];
        channels = channels[..(channels.Length / (1 + rows))];
        Span<int> values = words[(ends.Length + channels.Length)..];
        for (int chunk = 0; chunk < chunks; chunk++)
        for (int block = 0; block < blocks; block++)
        {
            int start = at;
            for (int k = Start(chunk); k < Start(chunk + 1); k++)
            {
                ReadOnlySpan<float> entry = Entry(weights, block, k);
                if (!entry.ContainsAnyExcept(0f))
                    continue;
                channels[at] = k - Start(chunk);
                MemoryMarshal.Cast<float, int>(entry).CopyTo(values[(at++ * rows)..]);
            }
            // The channel that was read last once more, times zero.
            for (int end = start + Even(at - start); at < end; at++)
            {
                channels[at] = channels[at - 1];
                values[at] = 0;
            }
            ends[chunk * blocks + block] = at;
        }
    }

    private int Count(ReadOnlySpan<float> weights, int block, int chunk)
    {
        int count = 0;
        for (int k = Start(chunk); k < Start(chunk + 1); k++)
            count += Entry(weights, block, k).ContainsAnyExcept(0f) ? 1 : 0;
        return count;
    }

    private int Start(int chunk) => Sparse.Start(depth, chunk);

    // Kernels take the weights of one output in pairs.
    private int Even(int entries) => rows == 1 ? entries + 1 & ~1 : entries;

    private ReadOnlySpan<float> Entry(ReadOnlySpan<float> weights, int block, int k) => weights.Slice((block * depth + k) * rows, rows);
}
