namespace ModelBuild.Engine;

/// <summary>Every diagnostic of the engine: its number, and its text in one place. MB1 project, recipe and data · MB2 import · MB3 quality and budgets · MB9 internal.</summary>
internal static class Diagnostics
{
    public static DiagnosticException NoFile(string file) => Error("MB2001", file, "the model file does not exist");

    public static DiagnosticException NoModel(string file, string why) => Error("MB2002", file, $"not an ONNX model: {why}");

    public static DiagnosticException LargeFilePointer(string file) =>
        Error("MB2003", file, "a Git LFS pointer, not a model: run 'git lfs pull' (or 'git lfs install' first) to fetch the file itself");

    public static DiagnosticException Version(string file, string what, long version, long least, long most) =>
        Error("MB2004", file, $"{what} {version} is not supported; {least} to {most} are");

    public static DiagnosticException Operator(string file, string node, string op, long opset, string near) =>
        Error("MB2005", file, $"node '{node}': the operator {op} (opset {opset}) is not supported{near}; remove it from the exported graph, or express it by supported operators (README, Operators)");

    public static DiagnosticException Node(string file, string node, string op, string why) => Error("MB2006", file, $"node '{node}' ({op}): {why}");

    public static DiagnosticException Input(string file, string input, string why) => Error("MB2007", file, $"input '{input}': {why}");

    public static DiagnosticException Dimension(string file, string input, int axis, string name) => Error("MB2008", file,
        $"input '{input}': axis {axis} ('{name}') has no fixed length; give it one by Dimensions=\"{(name.Length == 0 ? "name" : name)}=LENGTH\"");

    public static DiagnosticException Tensor(string file, string tensor, string why) => Error("MB2009", file, $"tensor '{tensor}': {why}");

    public static DiagnosticException External(string file, string tensor, string location, string why) =>
        Error("MB2010", file, $"tensor '{tensor}': external data '{location}': {why}");

    public static DiagnosticException Cycle(string file, string node, string value) =>
        Error("MB2011", file, $"node '{node}' reads '{value}', which no input, initializer or other node gives (or only one that itself waits for this node)");

    private static DiagnosticException Error(string id, string file, string text) => new(new Diagnostic(id, Severity.Error, file, 0, 0, text));
}
