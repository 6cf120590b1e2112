namespace ModelBuild.Engine.Tests;

[TestClass]
public class DatasetTests : DataTest
{
    private static readonly DataInput Ids = new("ids", "Ids", new(ElementType.Int64, [1, 4]));

    [TestMethod]
    public void Calibration_IsNull_WhenTheItemHasNone() => Assert.IsNull(Dataset.Calibration(Request(""), [Image], []));

    [TestMethod]
    public void Samples_BeginAgain_WhenTheyAreEnumeratedTwice()
    {
        Scratch.Zip("d.npz", ("images.npy", Scratch.Npy(Count(0, 18), 3, 2, 3)));
        Dataset data = Open("d.npz");
        Assert.AreEqual(3, data.Count);
        CollectionAssert.AreEqual(Values(data).SelectMany(v => v).ToArray(), Values(data).SelectMany(v => v).ToArray());
        foreach (var (a, b) in data.Samples().Zip(data.Samples()))
            CollectionAssert.AreEqual(a[0].F32.ToArray(), b[0].F32.ToArray());
        CollectionAssert.AreEqual(new[] { Path.Combine(Scratch.Folder, "d.npz") }, data.Files.ToArray());
    }

    [TestMethod]
    [DataRow("[1..2]", "1")]
    [DataRow("[..2]", "0 1")]
    [DataRow("[1..]", "1 2 3")]
    [DataRow("[^2..]", "2 3")]
    [DataRow("[..^3]", "0")]
    [DataRow("[ 1 .. ^1 ]", "1 2")]
    [DataRow("[..]", "0 1 2 3")]
    [DataRow("", "0 1 2 3")]
    public void Open_TakesThePart_WhenARangeIsGiven(string range, string samples)
    {
        int[] expected = [.. samples.Split(' ').Select(int.Parse)];
        Scratch.Zip("d.npz", ("images.npy", Scratch.Npy(Count(0, 24), 4, 2, 3)), ("labels.npy", Scratch.Npy<byte>([0, 1, 2, 3], 4)));
        Scratch.Write("d.npy", Scratch.Npy(Count(0, 24), 4, 2, 3));
        Scratch.Write("d.csv", string.Join("\n", Enumerable.Range(0, 4).Select(i => string.Join(",", Count(i * 6, 6)) + "," + i)));
        for (int i = 0; i < 4; i++)
            Scratch.Write($"d/{i}/x.npy", Scratch.Npy(Count(i * 6, 6), 2, 3));
        foreach (string path in new[] { "d.npz", "d.npy", "d.csv", "d" })
        {
            Dataset data = Open(path + range);
            CollectionAssert.AreEqual(expected, Values(data).Select(v => (int)v[0] / 6).ToArray(), path);
            Assert.AreEqual(expected.Length, data.Count);
            if (path != "d.npy")
                CollectionAssert.AreEqual(expected, data.Labels!.ToArray(), path);
        }
    }

    [TestMethod]
    [DataRow("[0..5]", "MB1021: Calibration=\"d.npy[0..5]\": [0..5] takes no samples of the 2 that '*d.npy' has")]
    [DataRow("[1..1]", "MB1021: Calibration=\"d.npy[1..1]\": [1..1] takes no samples of the 2 that '*d.npy' has")]
    [DataRow("[^5..]", "MB1021: Calibration=\"d.npy[^5..]\": [^5..] takes no samples of the 2 that '*d.npy' has")]
    [DataRow("[5]", "MB1021: Calibration=\"d.npy[5]\": '[5]' is no range of samples; write [0..500], [500..] or [^100..]")]
    [DataRow("[99999999999..]", "MB1021: Calibration=\"d.npy[99999999999..]\": '[99999999999..]' is no range of samples; write [0..500], [500..] or [^100..]")]
    public void Open_NamesTheCount_WhenTheRangeIsWrong(string range, string error)
    {
        Scratch.Write("d.npy", Scratch.Npy(Count(0, 12), 2, 2, 3));
        Assert.AreEqual(error, Error("d.npy" + range));
    }

    [TestMethod]
    [DataRow("image.1 images other labels", "image.1")]
    [DataRow("IMAGE1 images", "IMAGE1")]
    [DataRow("images features input", "images")]
    [DataRow("other features input", "features")]
    [DataRow("other input", "input")]
    [DataRow("other labels", "other")]
    [DataRow("Images other", "Images")]
    public void Open_ChoosesTheArray_ByNameThenByHabitThenAsTheOnlyOne(string arrays, string chosen)
    {
        string[] names = arrays.Split(' ');
        Scratch.Zip("d.npz", [.. names.Select((n, i) => (n + ".npy", n == "labels" ? Scratch.Npy<int>([7], 1) : Scratch.Npy(Count(i, 6), 1, 2, 3)))]);
        Dataset data = Open("d.npz");
        Assert.AreEqual(Array.IndexOf(names, chosen), Values(data)[0][0]);
        Assert.AreEqual(names.Contains("labels"), data.Labels != null);
    }

    [TestMethod]
    [DataRow("a b", "its arrays are 'a', 'b'; name one 'image.1', 'Image1', 'images', 'features', 'input'")]
    [DataRow("", "it has no arrays; name one 'image.1', 'Image1', 'images', 'features', 'input'")]
    [DataRow("labels", "its arrays are 'labels'; name one 'image.1', 'Image1', 'images', 'features', 'input'")]
    public void Open_ListsTheArrays_WhenNoneIsTheInputs(string arrays, string why)
    {
        Scratch.Zip("d.npz", [.. arrays.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => (n + ".npy", Scratch.Npy(Count(0, 6), 1, 2, 3)))]);
        Assert.AreEqual($"MB1023: Calibration=\"d.npz\": '*d.npz' has no array for the input 'image.1' f32[1, 1, 2, 3]: {why}", Error("d.npz"));
    }

    [TestMethod]
    public void Open_FeedsEveryInput_WhenAnArrayIsCalledLikeEach()
    {
        Scratch.Zip("d.npz", ("Ids.npy", Scratch.Npy<ushort>([1, 2, 3, 4, 5, 6, 7, 8], 2, 4)), ("image.1.npy", Scratch.Npy(Count(0, 12), 2, 1, 2, 3)));
        Tensor[][] samples = [.. Open("d.npz", Image, Ids).Samples()];
        Assert.AreEqual("f32[1, 1, 2, 3]", samples[1][0].Type.ToString());
        CollectionAssert.AreEqual(new long[] { 5, 6, 7, 8 }, samples[1][1].Int64s());
        Scratch.Zip("e.npz", ("image.1.npy", Scratch.Npy(Count(0, 12), 2, 1, 2, 3)), ("input.npy", Scratch.Npy<long>([1, 2, 3, 4], 1, 4)));
        StringAssert.StartsWith(Error("e.npz", Image, Ids), "MB1023: Calibration=\"e.npz\": '*e.npz' has no array for the input 'ids' i64[1, 4]: ");
        Scratch.Zip("f.npz", ("image.1.npy", Scratch.Npy(Count(0, 12), 2, 1, 2, 3)), ("ids.npy", Scratch.Npy<long>([1, 2, 3, 4], 1, 4)));
        Assert.AreEqual("MB1022: Calibration=\"f.npz\": '*f.npz': the arrays 'image.1' and 'ids' have 2 and 1 samples", Error("f.npz", Image, Ids));
    }

    [TestMethod]
    [DataRow("2, 2, 3", null)]
    [DataRow("2, 1, 2, 1, 3", null)]
    [DataRow("2, 3, 2", "samples of shape [3, 2] don't fit the input 'image.1' [1, 1, 2, 3]; the axes stand in another order: transpose the array")]
    [DataRow("2, 6", "samples of shape [6] don't fit the input 'image.1' [1, 1, 2, 3]; reshape the array to [N, 2, 3]")]
    [DataRow("2, 3", "samples of shape [3] don't fit the input 'image.1' [1, 1, 2, 3]; the first axis of an array is samples: a single one has the shape [1, 1, 1, 2, 3]")]
    [DataRow("2, 2, 4", "samples of shape [2, 4] don't fit the input 'image.1' [1, 1, 2, 3]")]
    public void Open_TakesAxesOfLengthOneAsEqual_AndNamesBothShapesElse(string shape, string? why)
    {
        int size = shape.Split(',').Aggregate(1, (a, b) => a * int.Parse(b));
        Scratch.Write("d.npy", Scratch.Npy("|u1", shape, new byte[size]));
        if (why == null)
            Assert.AreEqual(2, Values(Open("d.npy")).Length);
        else
            Assert.AreEqual($"MB1024: Calibration=\"d.npy\": '*d.npy': {why}", Error("d.npy"));
    }

    [TestMethod]
    public void Open_NamesTheArray_WhenItsShapeIsWrong()
    {
        Scratch.Zip("d.npz", ("images.npy", Scratch.Npy(Count(0, 8), 2, 2, 2)));
        Assert.AreEqual("MB1024: Calibration=\"d.npz\": '*d.npz, array images': samples of shape [2, 2] don't fit the input 'image.1' [1, 1, 2, 3]", Error("d.npz"));
    }

    [TestMethod]
    public void Open_SaysWhatExists_WhenThePathIsWrong()
    {
        Assert.AreEqual("MB1020: Calibration=\"no.npz\": there is no file or folder '*no.npz'", Error("no.npz"));
        Scratch.Write("d.zip", "");
        Assert.AreEqual("MB1022: Calibration=\"d.zip\": '*d.zip': '.zip' files are not supported; give an .npz, .npy or .csv file, or a folder", Error("d.zip"));
        Scratch.Write("d.npy", Scratch.Npy(Count(0, 0), 0, 2, 3));
        Assert.AreEqual("MB1021: Calibration=\"d.npy\": '*d.npy' has no samples", Error("d.npy"));
    }

    [TestMethod]
    public void Open_TakesLabels_OfAnyIntegerType()
    {
        byte[] images = Scratch.Npy(Count(0, 12), 2, 2, 3);
        foreach (byte[] labels in new[] { Scratch.Npy<sbyte>([5, 9], 2), Scratch.Npy<ulong>([5, 9], 2), Scratch.Npy<long>([5, 9], 2, 1), Scratch.Npy(">i2", "2,", [0, 5, 0, 9]) })
        {
            Scratch.Zip("d.npz", ("images.npy", images), ("labels.npy", labels));
            CollectionAssert.AreEqual(new[] { 5, 9 }, Open("d.npz").Labels!.ToArray());
        }
    }

    [TestMethod]
    public void Open_SaysWhatLabelsAre_WhenTheyAreWrong()
    {
        string Labels(byte[] labels)
        {
            Scratch.Zip("d.npz", ("images.npy", Scratch.Npy(Count(0, 12), 2, 2, 3)), ("labels.npy", labels));
            return Error("d.npz")["MB1025: Calibration=\"d.npz\": '*d.npz': ".Length..];
        }
        Assert.AreEqual("'labels' is f32; labels are integers of any size", Labels(Scratch.Npy<float>([5, 9], 2)));
        Assert.AreEqual("'labels' has the shape [3], and 2 samples need [2]", Labels(Scratch.Npy<int>([5, 9, 1], 3)));
        Assert.AreEqual("'labels' has the shape [2, 2], and 2 samples need [2]", Labels(Scratch.Npy<int>([5, 9, 1, 2], 2, 2)));
        Assert.AreEqual("'labels' holds -1 for sample 1; labels count from 0", Labels(Scratch.Npy<int>([5, -1], 2)));
    }

    [TestMethod]
    public void NeedClasses_NamesTheSample_WhenALabelIsNoClass()
    {
        Scratch.Zip("d.npz", ("images.npy", Scratch.Npy(Count(0, 12), 2, 2, 3)), ("labels.npy", Scratch.Npy<int>([5, 9], 2)));
        Open("d.npz").NeedClasses(10);
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => Open("d.npz").NeedClasses(9)).Message, "sample 1 has the label 9, and the model has 9 classes (0 to 8)");
    }

    [TestMethod]
    public void Samples_NameTheValue_WhenTheInputCannotTakeIt()
    {
        var bytes = new DataInput("ids", "Ids", new(ElementType.UInt8, [1, 2]));
        Scratch.Write("d.npy", Scratch.Npy<int>([1, 2, 3, 256], 2, 2));
        Assert.AreEqual("MB1026: Calibration=\"d.npy\": '*d.npy': sample 1 holds 256, and the input 'ids' is u8 (0 to 255)", Error("d.npy", bytes));
        Scratch.Write("d.npy", Scratch.Npy<float>([1, 2, 3, 0.5f], 2, 2));
        Assert.AreEqual("MB1026: Calibration=\"d.npy\": '*d.npy': sample 1 holds 0.5, and the input 'ids' is u8", Error("d.npy", bytes));
        Scratch.Write("d.npy", Scratch.Npy<float>([1, 2, 3, 4, 5, float.NaN], 1, 2, 3));
        Assert.AreEqual("MB1026: Calibration=\"d.npy\": '*d.npy': sample 0 holds NaN, and the input 'image.1' is f32", Error("d.npy"));
        Scratch.Write("d.npy", Scratch.Npy<ulong>([ulong.MaxValue, 1], 1, 2));
        Assert.AreEqual("MB1026: Calibration=\"d.npy\": '*d.npy': sample 0 holds a value over 2^63, and the input 'ids' is u8", Error("d.npy", bytes));
    }

    [TestMethod]
    public void Folder_FeedsEveryInput_WhenItHasAFolderForEach()
    {
        foreach (int i in new[] { 1, 10, 2 })
        {
            Scratch.Write($"d/image.1/{i}.npy", Scratch.Npy(Count(i, 6), 2, 3));
            Scratch.Write($"d/Ids/{i}.npy", Scratch.Npy<long>([i, 0, 0, 0], 4));
        }
        Dataset data = Open("d", Image, Ids);
        CollectionAssert.AreEqual(new long[] { 1, 10, 2 }, data.Samples().Select(s => s[1].Int64s()[0]).ToArray());
        Assert.IsNull(data.Labels);
        Assert.AreEqual(6, data.Files.Count);
        Scratch.Write("d/ids/3.npy", Scratch.Npy<long>([3, 0, 0, 0], 4));
        Assert.AreEqual("MB1022: Calibration=\"d\": '*d': the inputs 'image.1' and 'ids' need files of the same names, and only one has '3.npy'", Error("d", Image, Ids).Replace("'1.npy'", "'3.npy'"));
    }

    [TestMethod]
    [DataRow("cat dog", "", "0 1")]
    [DataRow("cat dog", "dog cat", "1 0")]
    [DataRow("3 10", "", "10 3")]
    [DataRow("1 cat", "dog cat", "1 1")]
    public void Folder_TakesLabels_FromTheFoldersNames(string folders, string labels, string classes)
    {
        foreach (string folder in folders.Split(' '))
            Scratch.Write($"d/{folder}/x.npy", Scratch.Npy(Count(0, 6), 2, 3));
        Assert.AreEqual(classes, string.Join(' ', Open(Request("d"), labels.Split(' ', StringSplitOptions.RemoveEmptyEntries), Image).Labels!));
    }

    [TestMethod]
    public void Folder_SaysWhatIsWrong_WhenItIsMixed()
    {
        Assert.AreEqual("MB1021: Calibration=\".\": '*' has no samples", Error(".").Replace(Scratch.Folder, "*"));
        Scratch.Write("d/cat/x.npy", Scratch.Npy(Count(0, 6), 2, 3));
        Assert.AreEqual("MB1025: Calibration=\"d\": '*d': the folder 'cat' is no label; labels: cap, dog; did you mean 'cap'?", Error(Request("d"), ["cap", "dog"]));
        Scratch.Write("d/x.npy", Scratch.Npy(Count(0, 6), 2, 3));
        Assert.AreEqual("MB1022: Calibration=\"d\": '*d': 'x.npy' lies beside folders that name labels; put it into one", Error("d"));
        Scratch.Write("e/x.npy", Scratch.Npy(Count(0, 6), 1, 6));
        Assert.AreEqual("MB1024: Calibration=\"e\": '*e" + Path.DirectorySeparatorChar + "x.npy': samples of shape [1, 6] don't fit the input 'image.1' [1, 1, 2, 3]; reshape the array to [N, 2, 3]", Error("e"));
    }

    [TestMethod]
    [DataRow("0,1,2,3,4,5\n6,7,8,9,10,11\n", false)]
    [DataRow("0;1;2;3;4;5\r\n6;7;8;9;10;11", false)]
    [DataRow("a,b,c,d,e,f\n0,1,2,3,4,5\n6,7,8,9,10,11\n", false)]
    [DataRow("0,1,2,3,4,5,1\n6,7,8,9,10,11,0\n", true)]
    [DataRow("p0\tp1\tp2\tp3\tp4\tp5\tLabel\n0\t1\t2\t3\t4\t5\t1\n6\t7\t8\t9\t10\t11\t0\n", true)]
    [DataRow("0,1,2,3,4,5,label\n0,1,2,3,4,5,dog\n6,7,8,9,10,11,cat\n", true)]
    [DataRow("0,1,2,3,4,5,dog\n6,7,8,9,10,11,cat\n", true)]
    [DataRow("\"0\",1,2.0,3e0,+4,5,\"dog\"\n6,7,8,9,10,11,cat\n", true)]
    public void Csv_ReadsRows_WithAndWithoutHeaderAndLabels(string text, bool labelled)
    {
        Scratch.Write("d.csv", text);
        Dataset data = Open(Request("d.csv"), ["cat", "dog"], Image);
        CollectionAssert.AreEqual(Count(0, 12), Values(data).SelectMany(v => v).ToArray());
        Assert.AreEqual(labelled ? "1 0" : "", string.Join(' ', data.Labels ?? []));
    }

    [TestMethod]
    [DataRow("0,1,2,3,4\n", "MB1024: Calibration=\"d.csv\": '*d.csv': samples of shape [5] don't fit the input 'image.1' [1, 1, 2, 3]")]
    [DataRow("a,b,c,d,e,f,g\n0,1,2,3,4,5,6\n", "MB1024: Calibration=\"d.csv\": '*d.csv': samples of shape [7] don't fit the input 'image.1' [1, 1, 2, 3]; a last column with labels is called 'label'")]
    [DataRow("0,1,2,3,4,5\n0,1,2,x,4,5\n", "MB1022: Calibration=\"d.csv\": '*d.csv': line 2, column 4: 'x' is no number")]
    [DataRow("0,1,2,3,4,5,cow\n", "MB1025: Calibration=\"d.csv\": '*d.csv': sample 0 has the label 'cow', which is neither a number from 0 nor a line of the labels file")]
    [DataRow("a,b,c,d,e,f\n", "MB1021: Calibration=\"d.csv\": '*d.csv' has no samples")]
    [DataRow("", "MB1021: Calibration=\"d.csv\": '*d.csv' has no samples")]
    public void Csv_SaysWhatIsWrong_WhenItIsNoData(string text, string error)
    {
        Scratch.Write("d.csv", text);
        Assert.AreEqual(error, Error("d.csv"));
    }

    [TestMethod]
    public void Csv_NamesTheFile_WhenRowsHaveDifferentLengths()
    {
        Scratch.Write("d.csv", "0,1,2,3,4,5\n0,1,2,3,4\n");
        StringAssert.StartsWith(Error("d.csv"), "MB1022: Calibration=\"d.csv\": '*d.csv': ");
    }

    [TestMethod]
    public void Random_GivesTheSameNumbers_Always()
    {
        Dataset data = RandomData.Of([Image, Ids], Normalization.None, 3, 1);
        Tensor[][] samples = [.. data.Samples()];
        Assert.AreEqual(3, samples.Length);
        Assert.IsTrue(data.IsRandom && samples.All(s => s[0].F32.ToArray().All(v => v is >= -1 and < 1) && s[1].Int64s().All(v => v is 0 or 1)));
        CollectionAssert.AreEqual(samples[2][0].Bytes.ToArray(), data.Samples().Last()[0].Bytes.ToArray());
        CollectionAssert.AreNotEqual(samples[2][0].Bytes.ToArray(), samples[1][0].Bytes.ToArray());
        Assert.AreEqual("0.1331231 0.4915635 0.9420055", string.Join(' ', samples[0][0].F32[..3].ToArray().Select(v => v.ToString("G7", System.Globalization.CultureInfo.InvariantCulture))));
    }
}
