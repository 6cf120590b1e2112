using System.Reflection;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

[TestClass]
public unsafe class ModelWeightsTests
{
    private const string Id = "00112233445566778899aabbccddeeff";

    /// <summary>Where resources don't lie in memory, as in some single-file hosts.</summary>
    private sealed class StreamAssembly(Stream? stream) : Assembly
    {
        public override Stream? GetManifestResourceStream(string name) => name == "weights" ? stream : null;

        public override AssemblyName GetName() => new("App");
    }

    private static byte[] Resource() => [.. "MODELBLD"u8, .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(200), .. Convert.FromHexString(Id), .. new byte[32], .. Enumerable.Range(0, 136).Select(i => (byte)i)];

    private static ModelWeights Weights(Stream? stream, int expandedBytes = 0, Action<Expansion>? expand = null) => new(
        new StreamAssembly(stream), "weights", typeof(ModelWeights).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, Id,
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Resource().AsSpan(64))), 200, expandedBytes, expand);

    [TestMethod]
    public void Open_CopiesToAlignedMemory_WhenTheResourceIsAStreamOnly()
    {
        ModelWeights weights = Weights(new MemoryStream(Resource())).Open();
        Assert.IsTrue(Resource().AsSpan().SequenceEqual(new ReadOnlySpan<byte>(weights.Data, 200)));
        Assert.AreEqual(0, (nint)weights.Data % 64);
        Assert.IsTrue(weights.Verify());
    }

    [TestMethod]
    public void Open_ReadsInPlace_WhenTheResourceLiesInMemory()
    {
        byte[] bytes = Resource();
        fixed (byte* start = bytes)
            Assert.IsTrue(Weights(new UnmanagedMemoryStream(start, bytes.Length)).Open().Data == start);
    }

    [TestMethod]
    public void Open_ExpandsOnce_WhenManyThreadsOpen()
    {
        int expansions = 0;
        ModelWeights weights = Weights(new MemoryStream(Resource()), 64, e => { Thread.Sleep(20); Interlocked.Increment(ref expansions); e.F16(64, 0, 2); });
        Parallel.For(0, 16, _ => Assert.IsTrue(weights.Open().Expanded != null));
        Assert.AreEqual(1, expansions);
    }

    [TestMethod]
    public void Open_NamesAssemblyAndResource_WhenItIsMissing()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Weights(null).Open());
        StringAssert.StartsWith(error.Message, "The assembly App has no resource 'weights'. Rebuild");
    }

    [TestMethod]
    public void Open_FailsAgain_WhenItFailedOnce()
    {
        ModelWeights weights = Weights(new MemoryStream(new byte[200]));
        Assert.ThrowsExactly<InvalidOperationException>(() => weights.Open());
        Assert.Throws<Exception>(() => weights.Open());
    }
}
