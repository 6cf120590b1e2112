using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>A type of the runtime's <see cref="Float8"/>, for those who round to it.</summary>
internal sealed class Float8Type
{
    public static readonly Float8Type E4M3 = new(Float8.E4M3), E5M2 = new(Float8.E5M2);

    public static readonly Float8Type[] All = [E4M3, E5M2];

    // The finite magnitudes in order: a place is a code without its sign.
    private readonly float[] _magnitudes;

    private Float8Type(byte fraction)
    {
        Fraction = fraction;
        Values = Float8.Values(fraction);
        _magnitudes = [.. Values.TakeWhile(float.IsFinite)];
    }

    /// <summary>Bits of fraction.</summary>
    public byte Fraction { get; }

    /// <summary>What each code says.</summary>
    public IReadOnlyList<float> Values { get; }

    /// <summary>The finite magnitudes, in ascending order.</summary>
    public ReadOnlySpan<float> Magnitudes => _magnitudes;

    public float Largest => _magnitudes[^1];

    /// <summary>The nearest, of two the even one; what is larger than all becomes the largest. Not for NaN.</summary>
    public byte Code(float value)
    {
        float magnitude = Math.Min(Math.Abs(value), Largest);
        int at = Array.BinarySearch(_magnitudes, magnitude);
        if (at < 0)
        {
            int above = ~at;
            float way = magnitude - _magnitudes[above - 1], on = _magnitudes[above] - magnitude;
            at = way < on || (way == on && above % 2 == 1) ? above - 1 : above;
        }
        return (byte)(float.IsNegative(value) ? at | 0x80 : at);
    }

    public float Round(float value) => Values[Code(value)];
}
