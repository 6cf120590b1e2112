using System.IO.Compression;
using System.Text;

namespace Samples;

/// <summary>Writes data/pictures.npz, which the build calibrates with: what this program draws, by other seeds.</summary>
internal static class Calibration
{
    public static void Write(string file)
    {
        byte[][] pictures = [.. Scene.Subjects.SelectMany(subject => (int[])[101, 102], Scene.Draw)];
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({pictures.Length}, 3, {Scene.Size}, {Scene.Size}), }}".PadRight(117) + "\n";
        using ZipArchive zip = ZipFile.Open(file, ZipArchiveMode.Create);
        using Stream array = zip.CreateEntry("images.npy", CompressionLevel.SmallestSize).Open();
        array.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
        foreach (byte[] picture in pictures)
            array.Write(picture);
    }
}
