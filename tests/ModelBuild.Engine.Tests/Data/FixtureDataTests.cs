namespace ModelBuild.Engine.Tests;

/// <summary>Data as others write it. The fixtures are no part of the repository: where they aren't, nothing is claimed.</summary>
[TestClass]
public class FixtureDataTests
{
    [TestMethod]
    public void Mnist_HasItsImagesAndLabels()
    {
        Dataset data = Open("mnist_test.npz", new("input.1", "Input1", new(ElementType.Float32, [1, 1, 28, 28])), "1/255");
        Assert.AreEqual(10_000, data.Count);
        CollectionAssert.AreEqual(new[] { 7, 2, 1, 0, 4 }, data.Labels!.Take(5).ToArray());
        CollectionAssert.AreEqual(new[] { 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 }, data.Labels!.CountBy(l => l).OrderBy(c => c.Key).Select(c => c.Value).ToArray());
        Assert.AreEqual(0.1325, data.Samples().Average(s => s[0].F32.ToArray().Average()), 0.0001);
    }

    [TestMethod]
    public void KeywordSpotting_SplitsIntoParts_ThatTogetherAreTheWhole()
    {
        var input = new DataInput("input_1", "Input1", new(ElementType.Float32, [1, 49, 10, 1]));
        Dataset whole = Open("keyword_spotting.npz", input), first = Open("keyword_spotting.npz[0..300]", input), rest = Open("keyword_spotting.npz[300..]", input);
        Assert.AreEqual((1000, 300, 700), (whole.Count, first.Count, rest.Count));
        CollectionAssert.AreEqual(whole.Labels!.ToArray(), first.Labels!.Concat(rest.Labels!).ToArray());
        Assert.IsTrue(whole.Samples().Zip(first.Samples().Concat(rest.Samples())).All(p => p.First[0].Bytes.Span.SequenceEqual(p.Second[0].Bytes.Span)));
    }

    [TestMethod]
    public void PersonDetection_FitsAnInputWithChannelsLast_AndNoneWithChannelsFirst()
    {
        Assert.AreEqual(32, Open("person_detection.npz[0..32]", new("x", "X", new(ElementType.Float32, [1, 96, 96, 3]))).Samples().Count());
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => Open("person_detection.npz", new("x", "X", new(ElementType.Float32, [1, 3, 96, 96])))).Message, "transpose the array");
    }

    private static Dataset Open(string data, DataInput input, string scale = "")
    {
        int range = data.IndexOf('[') is >= 0 and var open ? open : data.Length;
        return Dataset.Evaluation(new CompileRequest("m.onnx", "M", "N", Evaluation: Fixtures.Path("data/" + data[..range]) + data[range..], Scale: scale), [input], [])!;
    }
}
