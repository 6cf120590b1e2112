using System.Globalization;
using ModelBuild.Engine;
using ModelBuild.Protocol;

namespace ModelBuild.Tool;

/// <summary>A request file: what to compile, where to write it, and the files that it refers to.</summary>
internal sealed record Request(CompileRequest Compile, string Directory, string Name, string Cache, IReadOnlyList<string> Files, IReadOnlyList<string> Facts)
{
    /// <summary>What may change without changing the result.</summary>
    private static readonly string[] Places = [RequestText.Tool, RequestText.Directory, RequestText.Cache, RequestText.Project, RequestText.Line];

    /// <exception cref="FormatException">The text is no request, or one of another version.</exception>
    public static Request Parse(string text)
    {
        IReadOnlyList<KeyValuePair<string, string>> facts = RequestText.Parse(text);
        var known = new HashSet<string>();
        string Get(string key)
        {
            known.Add(key);
            return facts.FirstOrDefault(f => f.Key == key).Value ?? "";
        }
        var compile = new CompileRequest(
            Model: Get(RequestText.Model),
            Class: Get(RequestText.Class),
            Namespace: Get(RequestText.Namespace),
            Recipe: Get("recipe"),
            Calibration: Get("calibration"),
            Evaluation: Get("evaluation"),
            Reference: Get("reference"),
            Scale: Get("scale"),
            Mean: Get("mean"),
            Std: Get("std"),
            Labels: Get("labels"),
            Dimensions: Get("dimensions"),
            MaxSize: Get("maxSize"),
            MaxAccuracyDrop: Get("maxAccuracyDrop"),
            MaxError: Get("maxError"),
            MaxScratch: Get("maxScratch"),
            MaxMacs: Get("maxMacs"),
            Optimize: Get("optimize"),
            Numerics: Get("numerics"),
            Export: Get("export"),
            Budgets: Get("budgets"),
            Measure: Get("measure"),
            Layout: Get("layout"),
            Backend: Get("backend"),
            Resource: Get(RequestText.Resource),
            Project: Get(RequestText.Project),
            Line: Get(RequestText.Line) is { Length: > 0 } line ? int.Parse(line, CultureInfo.InvariantCulture) : 0,
            Recipes: facts.Where(f => f.Key.StartsWith(RequestText.Recipe, StringComparison.Ordinal)).ToDictionary(f => f.Key[RequestText.Recipe.Length..], f => f.Value));
        var request = new Request(compile, Get(RequestText.Directory), Get(RequestText.Name), Get(RequestText.Cache),
            [.. facts.Where(f => f.Key == RequestText.File).Select(f => f.Value)],
            [.. facts.Where(f => !Places.Contains(f.Key)).Select(f => f.Key + "=" + f.Value)]);
        known.UnionWith([RequestText.Tool, RequestText.File]);
        string? unknown = facts.Select(f => f.Key).FirstOrDefault(k => !known.Contains(k) && !k.StartsWith(RequestText.Recipe, StringComparison.Ordinal));
        return unknown == null ? request : throw new FormatException($"'{unknown}' is unknown to this tool");
    }
}
