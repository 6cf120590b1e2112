using System.IO.Compression;

namespace ModelBuild.Engine;

/// <summary>A file, or an entry of a zip file, which is read in place: nothing is ever unpacked to disk.</summary>
internal sealed record DataFile(string Path, string Entry = "")
{
    /// <summary>From the beginning; the stream owns what it reads from. Streams of one file are independent.</summary>
    public Stream Open()
    {
        FileStream file = File.OpenRead(Path);
        if (Entry.Length == 0)
            return file;
        try
        {
            var zip = new ZipArchive(file, ZipArchiveMode.Read);
            ZipArchiveEntry entry = zip.GetEntry(Entry) ?? throw new DataException($"the entry '{Entry}' is gone");
            return new Owning(entry.Open(), zip);
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

    /// <summary>An entry's stream, with the archive that must live as long.</summary>
    private sealed class Owning(Stream entry, ZipArchive archive) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer) => entry.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => entry.Read(buffer, offset, count);

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                entry.Dispose();
                archive.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
