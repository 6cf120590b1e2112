using System.Text;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class NpyTests : DataTest
{
    [TestMethod]
    [DataRow("|b1", "000100010100000101010001")]
    [DataRow("|u1", "0001fe030405060708090a0b")]
    [DataRow("|i1", "0001fe030405060708090a0b")]
    [DataRow("<u2", "00000100feff030004000500060007000800090" + "00a000b00")]
    [DataRow(">u2", "00000001fffe000300040005000600070008000" + "9000a000b")]
    [DataRow("<i2", "00000100feff030004000500060007000800090" + "00a000b00")]
    [DataRow(">i2", "00000001fffe000300040005000600070008000" + "9000a000b")]
    [DataRow("<f2", "0000003c00c0004200440045004600470048804" + "800498049")]
    [DataRow(">f2", "00003c00c000420044004500460047004800488" + "049004980")]
    public void Open_ReadsTheNumbers_WhenTheyAreSmall(string descr, string data)
    {
        Scratch.Write("x.npy", Scratch.Npy(descr, "2, 2, 3", Convert.FromHexString(data)));
        float[] expected = Count(0, 12);
        if (descr.EndsWith("b1"))
            expected = [0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1];
        else
            expected[2] = descr[1..] switch { "u1" => 254, "u2" => 65534, _ => -2 };
        CollectionAssert.AreEqual(expected, Values(Open("x.npy")).SelectMany(v => v).ToArray());
    }

    [TestMethod]
    [DataRow("u4")]
    [DataRow("u8")]
    [DataRow("i4")]
    [DataRow("i8")]
    [DataRow("f4")]
    [DataRow("f8")]
    public void Open_ReadsTheNumbers_InBothByteOrders(string code)
    {
        byte[] little = [.. Enumerable.Range(0, 12).SelectMany(i => code switch
        {
            "u4" or "i4" => BitConverter.GetBytes(i), "u8" or "i8" => BitConverter.GetBytes((long)i), "f4" => BitConverter.GetBytes((float)i), _ => BitConverter.GetBytes((double)i),
        })];
        byte[] big = [.. little.Chunk(code[1] - '0').SelectMany(e => e.Reverse())];
        Scratch.Write("x.npy", Scratch.Npy("<" + code, "2, 2, 3", little));
        Scratch.Write("y.npy", Scratch.Npy(">" + code, "2, 2, 3", big));
        foreach (string file in new[] { "x.npy", "y.npy" })
            CollectionAssert.AreEqual(Count(0, 12), Values(Open(file)).SelectMany(v => v).ToArray(), file);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Open_ReadsEveryVersion_OfTheHeader(int version)
    {
        Scratch.Write("x.npy", Scratch.Npy("|u1", "1, 2, 3", [0, 1, 2, 3, 4, 5], version: version));
        CollectionAssert.AreEqual(Count(0, 6), Values(Open("x.npy"))[0]);
    }

    [TestMethod]
    public void Open_TurnsColumnsIntoRows_WhenTheOrderIsFortrans()
    {
        // Element (n, i, j) has the value 100n + 10i + j.
        byte[] data = [.. from j in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 2) from n in Enumerable.Range(0, 2) select (byte)(100 * n + 10 * i + j)];
        Scratch.Write("x.npy", Scratch.Npy("|u1", "2, 2, 3", data, fortran: true));
        float[][] values = Values(Open("x.npy"));
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 10, 11, 12 }, values[0]);
        CollectionAssert.AreEqual(new float[] { 100, 101, 102, 110, 111, 112 }, values[1]);
        CollectionAssert.AreEqual(values[1], Values(Open("x.npy[1..]"))[0]);
        Scratch.Write("one/x.npy", Scratch.Npy("|u1", "2, 3", [0, 10, 1, 11, 2, 12], fortran: true));
        CollectionAssert.AreEqual(values[0], Values(Open("one"))[0]);
    }

    [TestMethod]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2, 3)}", null)]
    [DataRow("  {\"shape\":(1,2,3,),\"fortran_order\":False,\"descr\":\"<f4\"}  \n", null)]
    [DataRow("{'descr': '<f4', 'fortran_order': False}", "its header lacks descr, fortran_order or shape")]
    [DataRow("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "structured arrays are not supported; save each field as an array of its own")]
    [DataRow("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 2, 3)}", "its element type '<c8' is not supported; valid: b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4, f8 of either byte order")]
    [DataRow("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 2, 3)}", "its header can't be read at 'Maybe, 'shape': (1,'")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2, 3)}", "its header can't be read at '-1, 2, 3)}'")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999, 3)}", "its shape (9999999999, 9999999999, 3) has more elements than memory can hold")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9999999999, 9999999999)}", "its shape (0, 9999999999, 9999999999) has more elements than memory can hold")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "its header can't be read at '99999999999999999999'")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 2, 3)}", "its shape (1000, 2, 3) takes 24000 bytes, and 24 are there")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), 'x': 1}", "its header has the unknown key 'x'")]
    [DataRow("{'descr': '<f4", "its header can't be read at ''<f4'")]
    [DataRow("", "its header can't be read at ''")]
    public void Open_SaysWhatIsWrong_WhenTheHeaderIsUnusual(string header, string? why)
    {
        Scratch.Write("x.npy", [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. Encoding.Latin1.GetBytes(header), .. new byte[24]]);
        if (why == null)
            Assert.AreEqual(1, Open("x.npy").Samples().Count());
        else
            Assert.AreEqual($"MB1022: Calibration=\"x.npy\": '*x.npy': {why}", Error("x.npy"));
    }

    [TestMethod]
    [DataRow("", "it is no .npy data (it doesn't begin with \\x93NUMPY)")]
    [DataRow("version https://git-lfs.github.com/spec/v1", "it is a Git LFS pointer, not data: run 'git lfs pull' to fetch the file itself")]
    [DataRow("\u0093NUMPY", "it ends before the data that its header promises")]
    [DataRow("\u0093NUMPY\u0009\u0000", ".npy version 9 is not supported; 1 to 3 are")]
    [DataRow("\u0093NUMPY\u0003\u0000\u00ff\u00ff\u00ff\u00ff", "its header of 4294967295 bytes is too long")]
    public void Open_SaysWhatIsWrong_WhenTheFileIsNone(string content, string why)
    {
        Scratch.Write("x.npy", Encoding.Latin1.GetBytes(content));
        Assert.AreEqual($"MB1022: Calibration=\"x.npy\": '*x.npy': {why}", Error("x.npy"));
    }
}
