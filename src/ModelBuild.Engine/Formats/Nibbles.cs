namespace ModelBuild.Engine;

/// <summary>Integers of four bits as files hold them.</summary>
internal static class Nibbles
{
    /// <summary>Two elements a byte, the first in the low bits.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> nibbles)
    {
        var packed = new byte[(nibbles.Length + 1) / 2];
        for (int i = 0; i < nibbles.Length; i++)
            packed[i / 2] |= (byte)((nibbles[i] & 15) << (i % 2 * 4));
        return packed;
    }
}
