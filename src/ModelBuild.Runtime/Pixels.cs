using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelBuild.Generated;

/// <summary>Bytes as a camera or a file has them → the numbers that a model wants. There are 256 for each channel: they are looked up, and equal to the bit what a build makes of its data.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Pixels
{
    private const int Values = 256;

    /// <summary>(x·scale − mean) / std of every byte x, [channel][x]: computed in double precision, rounded once.</summary>
    public static float[] Table(ReadOnlySpan<double> scale, ReadOnlySpan<double> mean, ReadOnlySpan<double> std)
    {
        var table = new float[scale.Length * Values];
        for (int i = 0; i < table.Length; i++)
            table[i] = (float)((i % Values * scale[i / Values] - mean[i / Values]) / std[i / Values]);
        return table;
    }

    /// <param name="pixels">As many as <paramref name="values"/>.</param>
    /// <param name="values">What they become.</param>
    /// <param name="table">Of <see cref="Table"/>.</param>
    /// <param name="inner">How many elements of a channel lie in a row, before the next channel's; any number for one channel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(ReadOnlySpan<byte> pixels, Span<float> values, float[] table, int inner)
    {
        int channels = table.Length / Values;
        ref byte x = ref MemoryMarshal.GetReference(pixels);
        ref float y = ref MemoryMarshal.GetReference(values), numbers = ref MemoryMarshal.GetArrayDataReference(table);
        nint row = channels == 1 ? values.Length : inner, channel = 0;
        for (nint begin = 0; begin < values.Length; begin += row)
        {
            ref float own = ref Unsafe.Add(ref numbers, channel * Values);
            for (nint i = begin; i < begin + row; i++)
                Unsafe.Add(ref y, i) = Unsafe.Add(ref own, (nint)Unsafe.Add(ref x, i));
            channel = channel + 1 == channels ? 0 : channel + 1;
        }
    }
}
