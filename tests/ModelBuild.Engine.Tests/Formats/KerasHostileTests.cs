using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ModelBuild.Engine.Tests;

/// <summary>Damaged files, and ones that are made to do harm: each is one error that names the file, or a model.</summary>
[TestClass]
public class KerasHostileTests
{
    private const long MostBytes = 200 << 20;

    public TestContext TestContext { get; set; } = null!;

    /// <summary>Imports what may be anything; whether it is a model.</summary>
    private static bool Survives(string file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Imported imported = ModelFormat.Import(file, ImportOptions.None);
            Assert.IsNotEmpty(imported.Graph.Outputs);
            return true;
        }
        catch (DiagnosticException e)
        {
            Assert.AreEqual(file, e.Diagnostic.File);
            StringAssert.StartsWith(e.Diagnostic.Id, "MB20");
            return false;
        }
        finally
        {
            Assert.IsLessThan(MostBytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static KerasTestLayer[] Layers =>
    [
        KerasNet.Input([6, 5, 2]), new("Conv2D", "conv", "\"filters\": 3, \"kernel_size\": [3, 3], \"padding\": \"same\", \"activation\": \"relu\"", [KerasNet.Weight("kernel", 1, 3, 3, 2, 3), KerasNet.Weight("bias", 2, 3)]),
        new("BatchNormalization", "norm", "\"axis\": [3]", [KerasNet.Weight("gamma", 3, 3), KerasNet.Weight("beta", 4, 3), KerasNet.Weight("moving_mean", 5, 3), KerasNet.Weight("moving_variance", 6, 3)]),
        new("MaxPooling2D", "pool", "\"pool_size\": [2, 2]", []), new("Flatten", "flat", "", []), new("Dense", "dense", "\"units\": 4, \"activation\": \"softmax\"", [KerasNet.Weight("kernel", 7, 18, 4), KerasNet.Weight("bias", 8, 4)]),
    ];

    private static byte[][] Files(KerasNet net) =>
    [
        File.ReadAllBytes(net.H5(KerasNet.Sequential(Layers), Layers)), File.ReadAllBytes(net.Zip(KerasNet.Sequential(Layers), Layers)),
        File.ReadAllBytes(Path.Combine(Fixtures.Repository, "tests", "Cases", "Hdf5", "h5py.h5")),
    ];

    [TestMethod]
    public void ATruncatedFile_IsOneError()
    {
        using var net = new KerasNet();
        foreach (byte[] whole in Files(net))
        {
            for (int length = 0; length < whole.Length; length += 1 + whole.Length / 150)
                Survives(net.Write(whole[0] == 'P' ? "cut.keras" : "cut.h5", whole[..length]));
        }
    }

    [TestMethod]
    public void FlippedBits_AreOneErrorOrAModel()
    {
        using var net = new KerasNet();
        var random = new Random(7);
        int models = 0, files = 0;
        foreach (byte[] whole in Files(net))
        {
            for (int i = 0; i < 700; i++)
            {
                byte[] flipped = [.. whole];
                // Structures lie at the begin more than elsewhere.
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                    flipped[random.Next(random.Next(2) == 0 ? whole.Length : Math.Min(whole.Length, 2500))] ^= (byte)(1 << random.Next(8));
                files++;
                models += Survives(net.Write("flipped.h5", flipped)) ? 1 : 0;
            }
        }
        TestContext.WriteLine($"{models} of {files} are models still");
        Assert.IsLessThan(files, models);
    }

    [TestMethod]
    public void FlippedBitsInTheConfig_AreOneErrorOrAModel()
    {
        using var net = new KerasNet();
        var random = new Random(8);
        byte[] config = Encoding.UTF8.GetBytes(KerasNet.Sequential(Layers)), weights = KerasNet.Nested(Layers);
        for (int i = 0; i < 700; i++)
        {
            byte[] flipped = [.. config];
            for (int flips = random.Next(1, 3); flips > 0; flips--)
                flipped[random.Next(flipped.Length)] = (byte)random.Next(32, 127);
            Survives(net.Zip(Encoding.UTF8.GetString(flipped), "3.3.3", weights));
        }
    }

    [TestMethod]
    public void LengthsThatLie_AreNotBelieved()
    {
        using var net = new KerasNet();
        foreach (byte[] whole in Files(net).Where(f => f[0] != 'P'))
        {
            foreach (ulong lie in (ulong[])[uint.MaxValue, int.MaxValue, 1UL << 40, ulong.MaxValue - 1])
            {
                for (int at = 8; at + 8 <= Math.Min(whole.Length, 3000); at += 12)
                {
                    byte[] changed = [.. whole];
                    BinaryPrimitives.WriteUInt64LittleEndian(changed.AsSpan(at), lie);
                    Survives(net.Write("lie.h5", changed));
                }
            }
        }
    }

    [TestMethod]
    public void ATreeThatLeadsBack_EndsInAnError()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixtures.Repository, "tests", "Cases", "Hdf5", "h5py.h5"));
        // Each node of a group's tree: it says that it is above the lowest level, and its child is itself.
        int nodes = 0;
        for (int at = 0; at + 40 < bytes.Length; at++)
        {
            if (!bytes.AsSpan(at).StartsWith("TREE"u8) || bytes[at + 4] != 0)
                continue;
            bytes[at + 5] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + 32), (ulong)at);
            nodes++;
        }
        Assert.IsGreaterThan(3, nodes);
        using var net = new KerasNet();
        Assert.IsFalse(Survives(net.Write("back.h5", bytes)));
    }

    [TestMethod]
    public void DeepJson_IsOneError()
    {
        using var net = new KerasNet();
        byte[] weights = KerasNet.Nested(Layers);
        foreach (string deep in (string[])
        [
            new string('[', 4000) + new string(']', 4000), string.Concat(Enumerable.Repeat("{\"config\": ", 4000)) + "1" + new string('}', 4000),
            string.Concat(Enumerable.Repeat("{\"class_name\": \"Sequential\", \"config\": {\"layers\": [", 4000)) + string.Concat(Enumerable.Repeat("]}}", 4000)),
        ])
        {
            Assert.IsFalse(Survives(net.Zip(deep, "3.3.3", weights)));
            Assert.IsFalse(Survives(net.H5(deep)));
        }
        // As deep as is read.
        string nested = string.Concat(Enumerable.Repeat("{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [", 80)) + KerasNet.Input([4]).Json + string.Concat(Enumerable.Repeat("]}}", 80));
        Survives(net.Zip(nested, "3.3.3", weights));
    }

    [TestMethod]
    public void ManyLayers_AreReadInTime()
    {
        using var net = new KerasNet();
        // In the worst order: each waits for the one behind it.
        KerasTestLayer[] layers = [.. Enumerable.Range(0, 20_000).Select(i => new KerasTestLayer("Dropout", $"d{i}", "", [], $"[[[\"{(i == 19_999 ? "x" : $"d{i + 1}")}\", 0, 0, {{}}]]]")), KerasNet.Input([4])];
        string config = KerasNet.Functional("[[\"x\", 0, 0]]", "[[\"d0\", 0, 0]]", layers);
        Assert.IsTrue(Survives(net.Zip(config, "3.3.3", KerasNet.Nested(Layers))));
    }

    [TestMethod]
    public void ZipFiles_AreNeverUnpacked_AndNotBelieved()
    {
        using var net = new KerasNet();
        byte[] config = Encoding.UTF8.GetBytes(KerasNet.Sequential(Layers)), weights = KerasNet.Nested(Layers);
        byte[] Zip(params (string Name, byte[] Bytes)[] entries)
        {
            var bytes = new MemoryStream();
            using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var (name, content) in entries)
                {
                    using Stream entry = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                    entry.Write(content);
                }
            }
            return bytes.ToArray();
        }
        // Names that lead out are nobody's.
        string escaped = Path.Combine(Path.GetTempPath(), "modelbuild-escaped.json");
        string file = net.Write("slip.keras", Zip(("../config.json", config), ("/config.json", config), ("../../../../tmp/modelbuild-escaped.json", config), ("model.weights.h5", weights)));
        Assert.IsFalse(Survives(file));
        Assert.IsFalse(File.Exists(escaped));
        Assert.IsTrue(Survives(net.Write("more.keras", Zip(("../x", config), ("config.json", config), ("model.weights.h5", weights)))));
        Assert.IsFalse(Survives(net.Write("twice.keras", Zip(("config.json", config), ("config.json", config), ("model.weights.h5", weights)))));
        Assert.IsFalse(Survives(net.Write("none.keras", Zip(("config.json", config)))));
        // 300 MB of spaces or zeros in a third of a megabyte.
        byte[] bomb = new byte[300 << 20];
        Assert.IsFalse(Survives(net.Write("weights.keras", Zip(("config.json", config), ("model.weights.h5", bomb)))));
        Array.Fill(bomb, (byte)' ');
        Assert.IsFalse(Survives(net.Write("config.keras", Zip(("config.json", bomb), ("model.weights.h5", weights)))));
    }

    [TestMethod]
    public void Links_LeadNowhere()
    {
        using var net = new KerasNet();
        byte[] links = File.ReadAllBytes(Path.Combine(Fixtures.Repository, "tests", "Cases", "Hdf5", "links.h5"));
        string config = KerasNet.Sequential(KerasNet.Input([4]), new KerasTestLayer("Dense", "d", "\"units\": 3", []));
        Assert.IsFalse(Survives(net.Zip(config, "3.3.3", links)));
    }

    [TestMethod]
    public void NamesThatAreCode_StayNames()
    {
        using var net = new KerasNet();
        const string evil = "x); System.Environment.Exit(1); //\\n\\\"";
        KerasTestLayer[] layers = [KerasNet.Input([4], evil), new("Dense", "d\\u0000/../\\r\\n}", "\"units\": 3, \"use_bias\": false", [])];
        string config = KerasNet.Sequential(layers);
        byte[] weights = KerasNet.Nested(layers[1] with { Weights = [KerasNet.Weight("kernel", 1, 4, 3)] });
        string file = net.Zip(config, "3.3.3", weights);
        CompileResult result = Compiler.Compile(new CompileRequest(file, "Net", "Models"), CancellationToken.None);
        // The class compiles, without a warning, and knows the model's names as texts only.
        Assert.IsEmpty(Generator.Tests.Compiled.Diagnostics([], new Generator.Tests.PlanFileText("net.plan", result.PlanText)));
        Assert.DoesNotContain("Environment.Exit(1); //\n", result.PlanText);
    }

    [TestMethod]
    [DataRow("\"batch_shape\": [null, 100000, 100000, 3]")]
    [DataRow("\"batch_shape\": [null, 2147483648]")]
    [DataRow("\"batch_shape\": [null, -4]")]
    [DataRow("\"batch_shape\": [null, 1.5]")]
    [DataRow("\"batch_shape\": []")]
    [DataRow("\"batch_shape\": \"wide\"")]
    [DataRow("\"batch_shape\": [null, 4], \"dtype\": \"string\"")]
    [DataRow("\"batch_shape\": [null, 4], \"dtype\": 7")]
    [DataRow("\"batch_shape\": [null, 4], \"ragged\": true")]
    public void AbsurdInputs_AreALocatedError(string config)
    {
        using var net = new KerasNet();
        string text = KerasNet.Sequential(new KerasTestLayer("InputLayer", "x", config, []), new KerasTestLayer("Flatten", "flat", "", []));
        if (config.Contains("dtype\": 7", StringComparison.Ordinal))
            Survives(net.Zip(text, "3.3.3", KerasNet.Nested(Layers)));
        else
            Assert.IsFalse(Survives(net.Zip(text, "3.3.3", KerasNet.Nested(Layers))));
    }
}
