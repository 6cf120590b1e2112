using CsCheck;
using ModelBuild.Generated;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class RansTests
{
    /// <summary>Symbols of which some are a good deal rarer than others.</summary>
    private static readonly Gen<byte[]> AnySymbols = Gen.Select(Gen.Int[1, 255], Gen.Int[0, 12], Gen.Int[0, 4000], Gen.Int[0, 1000], (last, steep, length, seed) =>
    {
        var random = new Random(seed);
        return Enumerable.Range(0, length).Select(_ => (byte)(last * Math.Pow(random.NextDouble(), steep))).ToArray();
    });

    [TestMethod]
    public void Decode_GivesBackWhatWasCoded_InItsEntropy() => AnySymbols.Sample(symbols =>
    {
        if (SymbolWriter.Rans(symbols) is not { } coded)
        {
            Assert.IsLessThanOrEqualTo(1, symbols.Distinct().Count());
            return;
        }
        CollectionAssert.AreEqual(symbols, Decoded(coded, symbols.Length));
        Assert.IsLessThanOrEqualTo(1.01 * Entropy(symbols) + 2 * (symbols.Max() + 1) + 6, coded.Length);
    }, iter: 1000);

    [TestMethod]
    public void Decode_ReadsWhatIsThere_OrSaysThatItIsDamaged() => Gen.Select(AnySymbols.Where(s => s.Distinct().Skip(1).Any()), Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, 20]).Sample((symbols, place, value, cut) =>
    {
        byte[] coded = SymbolWriter.Rans(symbols)!;
        coded[place % coded.Length] = value;
        coded[place / 7 % Math.Min(coded.Length, 40)] ^= value;
        Harmless(coded[..^Math.Min(coded.Length, cut)], symbols.Length);
    }, iter: 3000);

    [TestMethod]
    public void Decode_ReadsAnyBytes_OrSaysThatTheyAreDamaged() => Gen.Select(Gen.Byte.Array[0, 600], Gen.Int[0, 5000]).Sample(Harmless, iter: 3000);

    /// <summary>The fewest bytes that one table of frequencies can do with.</summary>
    internal static double Entropy(byte[] symbols) => symbols.CountBy(s => s).Sum(c => c.Value * Math.Log2((double)symbols.Length / c.Value)) / 8;

    private static void Harmless(byte[] coded, int symbols)
    {
        try
        {
            Decoded(coded, symbols);
        }
        catch (InvalidOperationException e)
        {
            StringAssert.Contains(e.Message, "damaged");
        }
    }

    private static byte[] Decoded(byte[] coded, int symbols)
    {
        var decoded = new byte[symbols];
        Rans.Decode([.. coded, 0xff, 0xff], decoded);
        return decoded;
    }
}
