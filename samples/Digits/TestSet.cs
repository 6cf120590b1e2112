using System.IO.Compression;

namespace Samples;

/// <summary>The arrays <c>image</c> (u8, 8×8) and <c>labels</c> (u8) of an .npz file.</summary>
internal sealed class TestSet
{
    private const int Pixel = 64;
    private readonly byte[] _images, _labels;
    private readonly int _from;

    private TestSet(byte[] images, byte[] labels, int from) => (_images, _labels, _from) = (images, labels, from);

    public int Count => _labels.Length - _from;

    public static TestSet Read(string file, int from)
    {
        using ZipArchive zip = ZipFile.OpenRead(file);
        return new TestSet(Array(zip, "image.npy"), Array(zip, "labels.npy"), from);
    }

    public int Label(int sample) => _labels[_from + sample];

    public byte[] Pixels(int sample) => _images[((_from + sample) * Pixel)..((_from + sample + 1) * Pixel)];

    /// <summary>As the model wants it: 0 to 1.</summary>
    public void Read(int sample, Span<float> image)
    {
        ReadOnlySpan<byte> pixels = _images.AsSpan((_from + sample) * Pixel, Pixel);
        for (int i = 0; i < Pixel; i++)
            image[i] = pixels[i] / 16f;
    }

    // An .npy file: ten bytes, a header of the length that the last two of them say, the data.
    private static byte[] Array(ZipArchive zip, string name)
    {
        using Stream stream = zip.GetEntry(name)!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] bytes = memory.ToArray();
        return bytes[(10 + BitConverter.ToUInt16(bytes, 8))..];
    }
}
