using System.Text;

namespace ModelBuild.EndToEnd;

/// <summary>Samples for <see cref="TinyModel"/> as NumPy stores them: float32 [1, 4].</summary>
internal static class NpyFile
{
    public static void Write(string path, float value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4), }".PadRight(117) + "\n";
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. Enumerable.Repeat(BitConverter.GetBytes(value), 4).SelectMany(b => b)]);
    }
}
