namespace ModelBuild.Engine;

/// <summary>One operator of ONNX: how it is read. A row that needs several of ours adds them itself and returns null.</summary>
internal sealed record OnnxOperator(string Name, Func<OnnxNode, Op?> Read);

/// <summary>What of ONNX is supported: a row an operator, in alphabetical order.</summary>
internal static partial class OnnxOperators
{
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Add", _ => new Add()),
        new("Conv", OnnxWindows.Conv),
        new("Relu", _ => new Relu()),
    ];

    public static IReadOnlyDictionary<string, OnnxOperator> ByName { get; } = All.ToDictionary(o => o.Name);
}
