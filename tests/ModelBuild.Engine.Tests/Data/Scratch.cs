using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelBuild.Engine.Tests;

/// <summary>A folder of a test's own, and the files that it writes there.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("modelbuild-").FullName;

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Zip(string name, params (string Entry, byte[] Bytes)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (entry, content) in entries)
            {
                using Stream stream = zip.CreateEntry(entry).Open();
                stream.Write(content);
            }
        }
        return Write(name, bytes.ToArray());
    }

    /// <summary>A .npy file of values in row-major order.</summary>
    public static byte[] Npy<T>(T[] values, params int[] shape) where T : unmanaged =>
        Npy((BitConverter.IsLittleEndian ? "<" : ">") + Code<T>(), string.Join(", ", shape) + (shape.Length == 1 ? "," : ""), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A .npy file, field by field.</summary>
    public static byte[] Npy(string descr, string shape, byte[] data, bool fortran = false, int version = 1)
    {
        byte[] header = Encoding.UTF8.GetBytes($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({shape}), }}\n");
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length), .. header, .. data];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Code<T>() => default(T) switch
    {
        bool => "b1", byte => "u1", ushort => "u2", uint => "u4", ulong => "u8", sbyte => "i1", short => "i2", int => "i4", long => "i8", Half => "f2", float => "f4", double => "f8",
        _ => throw new ArgumentException(typeof(T).Name),
    };
}
