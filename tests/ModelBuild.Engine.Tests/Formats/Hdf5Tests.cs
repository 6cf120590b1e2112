using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace ModelBuild.Engine.Tests;

/// <summary>Files of h5py's (Cases/Hdf5: its default, older structures; one with newer ones) and of PureHDF's.</summary>
[TestClass]
public class Hdf5Tests
{
    private static Hdf5Object Case(string name) => Hdf5File.Open(File.ReadAllBytes(Path.Combine(Fixtures.Repository, "tests", "Cases", "Hdf5", name))).Root;

    private static Hdf5Object Written(H5File file, H5WriteOptions? options = null)
    {
        var bytes = new MemoryStream();
        file.Write(bytes, options);
        return Hdf5File.Open(bytes.ToArray()).Root;
    }

    [TestMethod]
    public void Groups_GiveTheirLinks()
    {
        Hdf5Object root = Case("h5py.h5");
        CollectionAssert.AreEquivalent(new[] { "chunks", "empty", "many", "model_weights", "optimizer_weights" }, root.Names.ToArray());
        // In more than one node of the group's tree.
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 60).Select(i => $"n{i:000}").ToArray(), root.Child("many")!.Names.ToArray());
        Assert.AreEqual(7, root.Find("many/n059")!.Read().Numbers().Int64s().Single());
        Assert.IsNull(root.Find("many/n060"));
        Assert.IsNull(root.Find("chunks/below"));
    }

    [TestMethod]
    public void Attributes_AreTextsAndNumbers()
    {
        Hdf5Object many = Case("h5py.h5").Child("many")!;
        Assert.AreEqual("äö", many.Attribute("text")!.Texts().Single());
        CollectionAssert.AreEqual(new[] { "one", "two", "three" }, many.Attribute("texts")!.Texts());
        Assert.AreEqual(1, many.Attribute("flag")!.Numbers().Int64s().Single());
        Assert.IsNull(many.Attribute("absent"));
        CollectionAssert.AreEqual(new[] { "a", "d", "b" }, Case("h5py.h5").Child("model_weights")!.Attribute("layer_names")!.Texts());
        Assert.IsEmpty(Case("h5py.h5").Find("model_weights/d")!.Attribute("weight_names")!.Texts());
        Assert.ThrowsExactly<Hdf5Exception>(() => many.Attribute("flag")!.Texts());
    }

    [TestMethod]
    public void Arrays_AreRead_HoweverTheyLie()
    {
        Hdf5Object root = Case("h5py.h5"), weights = root.Child("model_weights")!;
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).Select(i => i / 8f - 0.5f).ToArray(), weights.Find("a/a/kernel:0")!.Read().Numbers().F32.ToArray());
        CollectionAssert.AreEqual(new[] { 0.5f, -0.25f, 1 }, weights.Find("a/a/bias:0")!.Read().Numbers().F32.ToArray());
        CollectionAssert.AreEqual(new float[] { 2, 0, 0, 0, 2, 0, 0, 0, 2 }, weights.Find("b/b/kernel:0")!.Read().Numbers().F32.ToArray());
        Hdf5Array chunks = root.Child("chunks")!.Read();
        CollectionAssert.AreEqual(new[] { 7, 10 }, chunks.Lengths);
        CollectionAssert.AreEqual(Enumerable.Range(0, 70).Select(i => (long)i).ToArray(), chunks.Numbers().Int64s());
        CollectionAssert.AreEqual(new float[6], root.Child("empty")!.Read().Numbers().F32.ToArray());
    }

    [TestMethod]
    public void NewerStructures_AreReadAsFarAsTheyAreSupported()
    {
        Hdf5Object root = Case("virtual.h5");
        Assert.AreEqual("yes", root.Attribute("new")!.Texts().Single());
        CollectionAssert.AreEqual(new float[] { 1, 2, 3 }, root.Find("few/one")!.Read().Numbers().F32.ToArray());
        Assert.AreEqual(7f, root.Child("scalar")!.Read().Numbers().F32[0]);
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 3, 4, 5 }, root.Child("compact")!.Read().Numbers().F32.ToArray());
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 20).Select(i => $"n{i}").ToArray(), root.Child("dense")!.Names.ToArray());
    }

    [TestMethod]
    [DataRow("wide", 1500)]
    [DataRow("few", 9)]
    public void Heaps_HoldLinksAndAttributes_WhereThereAreMany(string group, int count)
    {
        Hdf5Object root = Case("dense.h5"), dense = root.Child(group)!;
        CollectionAssert.AreEquivalent(Enumerable.Range(0, count).Select(i => $"a link whose name is somewhat long {i}").ToArray(), dense.Names.ToArray());
        Assert.AreEqual(7, dense.Child($"a link whose name is somewhat long {count - 1}")!.Read().Numbers().Int64s().Single());
        Hdf5Object attributes = root.Child("attributes")!;
        for (int i = 0; i < 40; i++)
            Assert.AreEqual(i, attributes.Attribute($"a{i}")!.Numbers().Int64s().Single());
        Assert.IsNull(attributes.Attribute("a40"));
    }

    [TestMethod]
    public void WhatLiesElsewhere_IsRefused()
    {
        Hdf5Object links = Case("links.h5");
        CollectionAssert.AreEqual(new float[] { 1, 2 }, links.Child("inside")!.Read().Numbers().F32.ToArray());
        StringAssert.Contains(Assert.ThrowsExactly<Hdf5Exception>(() => links.Child("outside")).Message, "'outside' is a link into another file");
        StringAssert.Contains(Assert.ThrowsExactly<Hdf5Exception>(() => links.Child("soft")).Message, "'soft' is a symbolic link");
        StringAssert.Contains(Assert.ThrowsExactly<Hdf5Exception>(() => links.Child("external")!.Read()).Message, "in other files");
        StringAssert.Contains(Assert.ThrowsExactly<Hdf5Exception>(() => Case("virtual.h5").Child("virtual")!.Read()).Message, "virtual array");
    }

    [TestMethod]
    public void AnotherWriter_IsUnderstood()
    {
        float[] values = [.. Enumerable.Range(0, 5000).Select(i => (float)(i % 7))];
        var file = new H5File
        {
            ["group"] = new H5Group { ["inner"] = new H5Dataset(values, fileDims: [50, 100]), ["double"] = new double[] { 0.1, 1e300 }, ["half"] = new Half[] { (Half)1.5 } },
            ["chunked"] = new H5Dataset(values, chunks: [5000], fileDims: [5000], datasetCreation: new H5DatasetCreation(Filters: [ShuffleFilter.Id, DeflateFilter.Id])),
            ["bytes"] = new byte[] { 1, 200 },
        };
        file.Attributes["text"] = "a text";
        file.Attributes["texts"] = new[] { "a", "bc" };
        foreach (H5WriteOptions options in (H5WriteOptions[])[new(), new(PreferCompactDatasetLayout: false, DefaultStringLength: 8), new(UserBlockSize: 512)])
        {
            Hdf5Object root = Written(file, options);
            Assert.AreEqual("a text", root.Attribute("text")!.Texts().Single());
            CollectionAssert.AreEqual(new[] { "a", "bc" }, root.Attribute("texts")!.Texts());
            CollectionAssert.AreEqual(values, root.Find("group/inner")!.Read().Numbers().F32.ToArray());
            CollectionAssert.AreEqual(new[] { 50, 100 }, root.Find("group/inner")!.Read().Lengths);
            CollectionAssert.AreEqual(new[] { 0.1f, float.PositiveInfinity }, root.Find("group/double")!.Read().Numbers().F32.ToArray());
            CollectionAssert.AreEqual(new[] { 1.5f }, root.Find("group/half")!.Read().Numbers().F32.ToArray());
            CollectionAssert.AreEqual(values, root.Child("chunked")!.Read().Numbers().F32.ToArray());
            CollectionAssert.AreEqual(new long[] { 1, 200 }, root.Child("bytes")!.Read().Numbers().Int64s());
        }
    }

    [TestMethod]
    public void AnArrayThatIsLargerThanItsFile_IsNotBelieved()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixtures.Repository, "tests", "Cases", "Hdf5", "h5py.h5"));
        // The lengths of 'chunks', 7 and 10, in its dataspace: version 1, two axes, limits.
        byte[] shape = [1, 2, 1, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0];
        int at = bytes.AsSpan().IndexOf(shape);
        Assert.IsGreaterThan(0, at);
        (bytes[at + 11], bytes[at + 19]) = (1, 1);
        StringAssert.Contains(Assert.ThrowsExactly<Hdf5Exception>(() => Hdf5File.Open(bytes).Root.Child("chunks")!.Read()).Message, "more than 2^31 bytes");
        bytes[at + 11] = 0;
        StringAssert.Contains(Assert.ThrowsExactly<Hdf5Exception>(() => Hdf5File.Open(bytes).Root.Child("chunks")!.Read()).Message, "not believed");
    }
}
