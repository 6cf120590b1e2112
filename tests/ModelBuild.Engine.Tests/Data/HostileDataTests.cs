using System.Diagnostics;
using System.IO.Compression;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class HostileDataTests : DataTest
{
    [TestMethod]
    [DataRow("d.npz", false)]
    [DataRow("d.npz", true)]
    [DataRow("d.npy", false)]
    [DataRow("d.csv", false)]
    public void Open_GivesDataOrADiagnostic_WhenTheFileIsDamaged(string name, bool stored)
    {
        byte[] whole = name switch
        {
            "d.npy" => Scratch.Npy(Count(0, 24), 4, 2, 3),
            "d.csv" => "a,b,c,d,e,f,label\n0,1,2,3,4,5,1\n\"6\",7,8,9,10,11,0\n"u8.ToArray(),
            _ => Zip(stored ? CompressionLevel.NoCompression : CompressionLevel.Optimal),
        };
        var random = new Random(1);
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = Damage(whole, random);
            Scratch.Write(name, damaged);
            try
            {
                Open(name).Samples().Count();
            }
            catch (DiagnosticException e)
            {
                StringAssert.StartsWith(e.Diagnostic.Id, "MB102");
            }
            catch (Exception e)
            {
                Assert.Fail($"round {i}: {e}\n{Convert.ToBase64String(damaged)}");
            }
        }
    }

    /// <summary>Some bytes become others; every fourth time the file is cut, and every fourth it grows.</summary>
    private static byte[] Damage(byte[] bytes, Random random)
    {
        byte[] damaged = [.. random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes, .. new byte[random.Next(4) == 0 ? random.Next(50) : 0]];
        for (int flips = random.Next(7); flips > 0 && damaged.Length > 0; flips--)
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        return damaged;
    }

    [TestMethod]
    public void Open_IsQuick_WhenAZipHoldsFarMoreThanItSays()
    {
        // 300 MB of zeros in 300 KB; the header asks for one sample.
        byte[] bomb = Scratch.Npy("|u1", "1, 2, 3", new byte[300_000_000]);
        Scratch.Zip("d.npz", ("images.npy", bomb));
        var time = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.AreEqual(1, Open("d.npz").Samples().Count());
        Assert.IsTrue(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000 && time.Elapsed.TotalSeconds < 10);
    }

    [TestMethod]
    public void Open_RefusesMoreSamples_ThanAnyoneHas()
    {
        using (var file = new FileStream(Path.Combine(Scratch.Folder, "d.npy"), FileMode.Create))
        {
            file.Write(Scratch.Npy("|u1", "100000000, 2, 3", []));
            file.SetLength(700_000_000);
        }
        Assert.AreEqual("MB1022: Calibration=\"d.npy\": '*d.npy': 100000000 samples are more than are supported (67108864)", Error("d.npy"));
    }

    [TestMethod]
    public void Open_ReadsInPlace_WhenEntriesHaveNamesThatLeadOutside()
    {
        Scratch.Zip("d.npz", ("../../images.npy", Scratch.Npy(Count(0, 6), 1, 2, 3)), ("/labels.npy", Scratch.Npy<int>([0], 1)));
        StringAssert.StartsWith(Error("d.npz"), "MB1023: Calibration=\"d.npz\": '*d.npz' has no array for the input 'image.1' f32[1, 1, 2, 3]: its arrays are '../../images', '/labels';");
        Assert.AreEqual(1, Directory.GetFileSystemEntries(Scratch.Folder).Length);
    }

    [TestMethod]
    public void Open_NamesTheEntry_WhenTwoHaveOneName()
    {
        Scratch.Zip("d.npz", ("images.npy", Scratch.Npy(Count(0, 6), 1, 2, 3)), ("images.npy", Scratch.Npy(Count(0, 6), 1, 2, 3)));
        Assert.AreEqual("MB1022: Calibration=\"d.npz\": '*d.npz': it has two entries 'images.npy'", Error("d.npz"));
    }

    [TestMethod]
    public void Samples_NameTheFile_WhenItIsCutAfterOpening()
    {
        string path = Scratch.Write("d.npy", Scratch.Npy(Count(0, 12), 2, 2, 3));
        Dataset data = Open("d.npy");
        using (FileStream file = File.OpenWrite(path))
            file.SetLength(file.Length - 4);
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => data.Samples().Count()).Message, "it ends before the data that its header promises");
    }

    private byte[] Zip(CompressionLevel level)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in new[] { ("images.npy", Scratch.Npy(Count(0, 24), 4, 2, 3)), ("labels.npy", Scratch.Npy<int>([0, 1, 2, 3], 4)) })
            {
                using Stream stream = zip.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }
        return bytes.ToArray();
    }
}
