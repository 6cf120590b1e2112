using System.Collections.Concurrent;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

[TestClass]
public unsafe class ArenasTests
{
    // A header is all that an arena needs of its weights.
    private static readonly byte[] s_header = GC.AllocateArray<byte>(64, pinned: true);

    private static Arenas Create(int scratch = 256)
    {
        byte[] header = [.. "MODELBLD"u8, .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(64), .. new byte[48]];
        header.CopyTo(s_header, 0);
        fixed (byte* start = s_header)
            return new(new ModelWeights(start, new string('0', 32), 64, 0, null), scratch, threads: 1);
    }

    [TestMethod]
    public void Rent_GivesAlignedZeroedMemory()
    {
        using Arenas.Lease lease = Create(1000).Rent();
        Assert.AreEqual(0, (nint)lease.Frame.Scratch(0).Address % 64);
        Assert.IsTrue(new ReadOnlySpan<byte>(lease.Frame.Scratch(0).Address, 1000).IndexOfAnyExcept((byte)0) < 0);
    }

    [TestMethod]
    public void Rent_GivesTheSameArena_WhenItCameBack()
    {
        Arenas arenas = Create();
        byte* first, second;
        using (Arenas.Lease lease = arenas.Rent())
            first = lease.Frame.Scratch(0).Address;
        using (Arenas.Lease lease = arenas.Rent())
            second = lease.Frame.Scratch(0).Address;
        Assert.IsTrue(first == second);
    }

    [TestMethod]
    public void Rent_LosesNone_WhenMoreThanOneIsOut()
    {
        Arenas arenas = Create();
        var seen = new HashSet<nint>();
        for (int round = 0; round < 5; round++)
            Nest(10);
        Assert.HasCount(10, seen);

        void Nest(int depth)
        {
            if (depth == 0)
                return;
            using Arenas.Lease lease = arenas.Rent();
            seen.Add((nint)lease.Frame.Scratch(0).Address);
            Nest(depth - 1);
        }
    }

    [TestMethod]
    public void Rent_NeverGivesAnArenaTwice_WhenThreadsRace()
    {
        Arenas arenas = Create();
        var seen = new ConcurrentDictionary<nint, int>();
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(1, 8).Select(id => new Thread(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                using Arenas.Lease outer = arenas.Rent();
                using Arenas.Lease lease = arenas.Rent();
                int* mark = lease.Frame.Scratch(0).I32;
                seen.TryAdd((nint)mark, 0);
                if (Interlocked.Exchange(ref *mark, id) != 0 || Interlocked.Exchange(ref *mark, 0) != id)
                    Interlocked.Increment(ref clashes);
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.AreEqual(0, clashes);
        Assert.IsLessThanOrEqualTo(16, seen.Count);
    }
}
