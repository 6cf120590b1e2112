namespace ModelBuild.Engine;

/// <summary>
/// Everything a compilation is asked: one <c>&lt;Model&gt;</c> item's metadata, resolved. Paths are absolute; texts are the user's own.
/// <paramref name="Project"/>, <paramref name="Line"/> are where errors about the recipe, the budgets and the data point to (the model itself on the command line).
/// </summary>
public sealed record CompileRequest(
    string Model,
    string Class,
    string Namespace,
    string Recipe = "",
    string Calibration = "",
    string Evaluation = "",
    string Scale = "",
    string Mean = "",
    string Std = "",
    string Labels = "",
    string Dimensions = "",
    string MaxSize = "",
    string MaxAccuracyDrop = "",
    string MaxError = "",
    string MaxScratch = "",
    string MaxMacs = "",
    string Optimize = "",
    string Numerics = "",
    string Export = "",
    string Budgets = "",
    string Measure = "",
    string Reference = "",
    string Layout = "",
    string Backend = "",
    string Resource = "",
    string Project = "",
    int Line = 0,
    IReadOnlyDictionary<string, string>? Recipes = null)
{
    internal Site Site => Project.Length > 0 ? new(Project, Line) : new(Model, 0);

    /// <summary>A path of the user's as an absolute one: relative ones begin at the project's folder.</summary>
    internal string Resolve(string path) => Project.Length > 0 ? Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(Project))!) : Path.GetFullPath(path);
}

/// <summary>
/// What a compilation yields. <paramref name="Files"/> are artifacts by file name (<c>digits.onnx</c>, <c>report.json</c>, <c>report.md</c>);
/// <paramref name="Inputs"/> are the absolute paths of all files that were read.
/// </summary>
public sealed record CompileResult(
    string PlanText,
    byte[] Weights,
    string Summary,
    IReadOnlyDictionary<string, byte[]> Files,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<Diagnostic> Diagnostics);
