using System.IO.Compression;

namespace ModelBuild.Engine;

/// <summary>A file, or an entry of a zip file, which is read in place: nothing is ever unpacked to disk.</summary>
internal sealed record DataFile(string Path, string Entry = "")
{
    /// <summary>From the beginning. Streams of one file are independent.</summary>
    public DataStream Open()
    {
        FileStream file = File.OpenRead(Path);
        if (Entry.Length == 0)
            return new DataStream(file, null);
        try
        {
            var zip = new ZipArchive(file, ZipArchiveMode.Read);
            ZipArchiveEntry entry = zip.GetEntry(Entry) ?? throw new DataException($"the entry '{Entry}' is gone");
            return new DataStream(entry.Open(), zip);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The names of a zip file's entries, with their lengths as the file says them.</summary>
    /// <exception cref="DataException">Two entries have one name.</exception>
    public static List<(string Name, long Length)> Entries(string path)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length >= 8)
        {
            Span<byte> start = stackalloc byte[8];
            file.ReadExactly(start);
            if (start.StartsWith("version "u8))
                throw new DataException("it is a Git LFS pointer, not data: run 'git lfs pull' to fetch the file itself");
            file.Position = 0;
        }
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        List<(string Name, long Length)> entries = [.. zip.Entries.Select(e => (e.FullName, e.Length))];
        if (entries.GroupBy(e => e.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new DataException($"it has two entries '{twice.Key}'");
        return entries;
    }
}

/// <summary>What a file holds, as a stream from its beginning, with the archive that must stay open as long.</summary>
internal sealed class DataStream(Stream bytes, ZipArchive? archive) : IDisposable
{
    public Stream Bytes => bytes;

    public void Dispose()
    {
        bytes.Dispose();
        archive?.Dispose();
    }
}
