namespace ModelBuild.Engine.Tests;

/// <summary>What tests of data share: a scratch folder, an input to feed, and short ways to open and to fail.</summary>
public abstract class DataTest : IDisposable
{
    private protected static readonly DataInput Image = new("image.1", "Image1", new(ElementType.Float32, [1, 1, 2, 3]));

    private protected Scratch Scratch { get; } = new();

    public void Dispose()
    {
        Scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected CompileRequest Request(string data) => new("m.onnx", "M", "N", Calibration: data, Project: Path.Combine(Scratch.Folder, "app.csproj"), Line: 3);

    private protected Dataset Open(string data, params DataInput[] inputs) => Open(Request(data), [], inputs);

    private protected static Dataset Open(CompileRequest request, string[] labels, params DataInput[] inputs) =>
        Dataset.Calibration(request, inputs.Length == 0 ? [Image] : inputs, labels)!;

    /// <summary>The text of the error that opening and reading the data gives, with '*' for the folder.</summary>
    private protected string Error(string data, params DataInput[] inputs) => Error(Request(data), [], inputs);

    private protected string Error(CompileRequest request, string[] labels, params DataInput[] inputs)
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Open(request, labels, inputs).Samples().Count());
        StringAssert.StartsWith(error.Message, Path.Combine(Scratch.Folder, "app.csproj") + "(3): error ");
        return error.Message[(error.Message.IndexOf(": error ", StringComparison.Ordinal) + 8)..].Replace(Scratch.Folder + Path.DirectorySeparatorChar, "*");
    }

    private protected static float[][] Values(Dataset data) => [.. data.Samples().Select(s => s[0].F32.ToArray())];

    private protected static float[] Count(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (float)i)];
}
