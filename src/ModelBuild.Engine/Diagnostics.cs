using System.Globalization;
using System.Text;

namespace ModelBuild.Engine;

/// <summary>One diagnostic. <paramref name="Format"/> holds the values' names in braces; what it prints, and the documentation, are made of it.</summary>
internal sealed record DiagnosticRow(string Id, Severity Severity, string Title, string Format)
{
    /// <summary>The text with the values in place of their names, in order; a name that stands twice is one value.</summary>
    public string Text(params ReadOnlySpan<object?> values)
    {
        var text = new StringBuilder();
        var names = new List<string>();
        string[] parts = Format.Split('{', '}');
        for (int i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 0)
            {
                text.Append(parts[i]);
                continue;
            }
            if (!names.Contains(parts[i]))
                names.Add(parts[i]);
            text.Append(CultureInfo.InvariantCulture, $"{values[names.IndexOf(parts[i])]}");
        }
        return text.ToString();
    }
}

/// <summary>
/// Every diagnostic of the engine: a row of the table, and below it a method that makes it. MB1 project, recipe and data · MB2 import · MB3 quality and
/// budgets · MB9 internal.
/// </summary>
internal static class Diagnostics
{
    public static readonly DiagnosticRow[] Table =
    [
        new("MB1001", Severity.Error, "A recipe can't be read", "{why}{excerpt}"),
        new("MB1002", Severity.Error, "A recipe names an unknown step", "'{word}' is neither a step nor a recipe; steps: {steps}; recipes: {recipes}{near}{excerpt}"),
        new("MB1003", Severity.Error, "A step has wrong arguments", "{step}: {why}{excerpt}"),
        new("MB1004", Severity.Error, "An argument has a wrong value", "{step}: {why}{excerpt}"),
        new("MB1005", Severity.Error, "A named recipe is wrong", "recipe '{recipe}': {why}"),
        new("MB1006", Severity.Error, "A pattern selects nothing", "{step}: '{pattern}' is neither a node's name nor an operator of this model{near}; nodes that the step can change: {nodes}{excerpt}"),
        new("MB1007", Severity.Error, "A step needs calibration data", "{step} needs data to calibrate on; give the item Calibration=\"FILE\" (.npz, .npy, .csv or a folder), or leave the step out{excerpt}"),

        new("MB1010", Severity.Error, "A value of the item can't be read", "{metadata}=\"{value}\" can't be read; valid: {valid}"),
        new("MB1011", Severity.Error, "Scale, Mean or Std don't fit", "{metadata}=\"{value}\": {why}"),
        new("MB1012", Severity.Error, "The labels can't be used", "labels '{file}': {why}"),

        new("MB1020", Severity.Error, "Data is missing", "{data}: there is no file or folder '{path}'"),
        new("MB1021", Severity.Error, "A range of samples is wrong", "{data}: {why}"),
        new("MB1022", Severity.Error, "Data can't be read", "{data}: '{file}': {why}"),
        new("MB1023", Severity.Error, "An input has no data", "{data}: '{file}' has no array for the input '{input}' {type}: {why}"),
        new("MB1024", Severity.Error, "Samples don't have the input's shape", "{data}: '{file}': samples of shape {found} don't fit the input '{input}' {wanted}{hint}"),
        new("MB1025", Severity.Error, "The data's labels can't be used", "{data}: '{file}': {why}"),
        new("MB1026", Severity.Error, "A sample's value doesn't fit the input", "{data}: '{file}': sample {sample} holds {value}, and the input '{input}' is {type}{hint}"),

        new("MB2001", Severity.Error, "The model file is missing", "the model file does not exist"),
        new("MB2002", Severity.Error, "The file is no model", "not {what}: {why}"),
        new("MB2003", Severity.Error, "A Git LFS pointer instead of a model", "a Git LFS pointer, not a model: run 'git lfs pull' (or 'git lfs install' first) to fetch the file itself"),
        new("MB2004", Severity.Error, "The model's version is not supported", "{what} {version} is not supported; {least} to {most} are"),
        new("MB2005", Severity.Error, "An operator is not supported",
            "node '{node}': the operator {op} (opset {opset}) is not supported{near}; remove it from the exported graph, or express it by supported operators (README, Operators)"),
        new("MB2006", Severity.Error, "A node can't be imported", "node '{node}' ({op}): {why}"),
        new("MB2007", Severity.Error, "An input can't be imported", "input '{input}': {why}"),
        new("MB2008", Severity.Error, "A dimension has no length", "input '{input}': axis {axis} ('{name}') has no fixed length; give it one by Dimensions=\"{key}=LENGTH\""),
        new("MB2009", Severity.Error, "A tensor can't be read", "tensor '{tensor}': {why}"),
        new("MB2010", Severity.Error, "External data can't be read", "tensor '{tensor}': external data '{location}': {why}"),
        new("MB2011", Severity.Error, "Nodes wait for each other", "node '{node}' reads '{value}', which no input, initializer or other node gives (or only one that itself waits for this node)"),
        new("MB2012", Severity.Error, "The model can't be compiled", "{why}"),
        new("MB2013", Severity.Error, "The model's format is unknown", "neither its name nor its first bytes are those of a format that models are read from; valid: {formats}"),
        new("MB2014", Severity.Error, "A layer is not supported", "{what} '{node}': {op} is not supported{why}"),
        new("MB2015", Severity.Error, "A node can't be exported", "node '{node}' ({op}) can't be written as {format}: {why}"),

        new("MB2016", Severity.Error, "ONNX Runtime can't run the model", "ONNX Runtime, which is to run the model (Backend=\"OnnxRuntime\"), can't: {why}"),
        new("MB2017", Severity.Error, "Something needs a model that can be imported", "{metadata} needs a model that can be imported, and this one can't be: {why}. Without it, ONNX Runtime runs the file as it is"),
        new("MB2018", Severity.Error, "An output has no known length", "output '{output}': axis {axis} ('{name}') has no fixed length; give it one by Dimensions=\"{key}=LENGTH\""),

        new("MB3001", Severity.Error, "Our result differs from the judge's",
            "output '{output}' differs from what {judge} computes by {error} of its largest value, and {limit} is the limit; {first}. This is a fault in ModelBuild: please report it with the model"),
        new("MB3002", Severity.Error, "The weights are larger than MaxSize", "{size} bytes of weights are more than MaxSize = {limit} bytes"),
        new("MB3003", Severity.Error, "The accuracy drops by more than MaxAccuracyDrop", "top-1 falls from {before} to {after}, by {drop}, and MaxAccuracyDrop is {limit}"),
        new("MB3004", Severity.Error, "MaxAccuracyDrop needs labels", "MaxAccuracyDrop needs labelled data to measure on: give the item Evaluation=\"FILE\" with labels"),
        new("MB3005", Severity.Error, "The error is larger than MaxError", "an output differs from the float model by {error} of its largest value on the {data} data, and MaxError is {limit}"),
        new("MB3006", Severity.Error, "The scratch memory is larger than MaxScratch", "{bytes} bytes of scratch a concurrent call are more than MaxScratch = {limit} bytes"),
        new("MB3007", Severity.Error, "A call computes more than MaxMacs", "{macs} multiply–accumulates a call are more than MaxMacs = {limit}"),
        new("MB3008", Severity.Error, "A step costs a layer more than its maxError", "{step}: afterwards the layer '{layer}' differs from the float model's by {error} of its largest value on calibration data, and maxError is {limit}{excerpt}"),
        new("MB3010", Severity.Message, "ONNX Runtime did not judge", "the scalar reference judged the import, as ONNX Runtime could not: {why}"),
        new("MB3011", Severity.Error, "The import differs from its reference",
            "{reference}: sample {sample}: output '{output}' differs from the reference by {error} of its largest value, and {limit} is the limit; either the reference is of another model or other inputs, or the import is at fault: then please report it with the model"),
        new("MB3020", Severity.Warning, "A step gains nothing",
            "{step}: {count} of the {all} layers that it changes end no smaller than without it, and run by the same kernel: {layers}. Leave them out by except:, or leave the step out{excerpt}"),
    ];

    private const int MostNamed = 5;

    public static DiagnosticException RecipeSyntax(RecipeSource source, Extent at, string why) => At(source.Site, "MB1001", why, source.Excerpt(at));

    public static DiagnosticException RecipeStep(RecipeSource source, Extent at, string word, IEnumerable<string> steps, IEnumerable<string> recipes) =>
        At(source.Site, "MB1002", word, List(steps), List(recipes), Near.Hint(word, [.. steps, .. recipes]), source.Excerpt(at));

    public static DiagnosticException RecipeArgument(RecipeSource source, Extent at, string step, string why) => At(source.Site, "MB1003", step, why, source.Excerpt(at));

    public static DiagnosticException RecipeValue(RecipeSource source, Extent at, string step, string why) => At(source.Site, "MB1004", step, why, source.Excerpt(at));

    public static DiagnosticException RecipeName(Site site, string recipe, string why) => At(site, "MB1005", recipe, why);

    public static DiagnosticException RecipePattern(RecipeSource source, Extent at, string step, string pattern, IReadOnlyList<string> nodes) =>
        At(source.Site, "MB1006", step, pattern, Near.Hint(pattern, nodes), nodes.Count == 0 ? "none" : List(nodes.Take(20)) + (nodes.Count > 20 ? $", … ({nodes.Count} in all)" : ""), source.Excerpt(at));

    public static DiagnosticException NeedsCalibration(RecipeSource source, Extent at, string step) => At(source.Site, "MB1007", step, source.Excerpt(at));

    public static DiagnosticException Metadata(Site site, string metadata, string value, string valid) => At(site, "MB1010", metadata, value, valid);

    public static DiagnosticException Normalization(Site site, string metadata, string value, string why) => At(site, "MB1011", metadata, value, why);

    public static DiagnosticException Labels(Site site, string file, string why) => At(site, "MB1012", file, why);

    public static DiagnosticException NoData(DataSource source) => At(source.Site, "MB1020", source, source.Path);

    public static DiagnosticException DataRange(DataSource source, string why) => At(source.Site, "MB1021", source, why);

    public static DiagnosticException DataFile(DataSource source, string file, string why) => At(source.Site, "MB1022", source, file, why);

    public static DiagnosticException NoArray(DataSource source, string file, DataInput input, string why) => At(source.Site, "MB1023", source, file, input.Name, input.Type, why);

    public static DiagnosticException DataShape(DataSource source, string file, DataInput input, string found, string hint) =>
        At(source.Site, "MB1024", source, file, found, input.Name, input.Type.Shape, hint);

    public static DiagnosticException DataLabels(DataSource source, string file, string why) => At(source.Site, "MB1025", source, file, why);

    public static DiagnosticException DataValue(DataSource source, string file, long sample, string value, DataInput input, string hint) =>
        At(source.Site, "MB1026", source, file, sample, value, input.Name, input.Type.Element.Word(), hint);

    public static DiagnosticException NoFile(string file) => Of(file, "MB2001");

    public static DiagnosticException NoModel(string file, string why, string what = "an ONNX model") => Of(file, "MB2002", what, why);

    public static DiagnosticException LargeFilePointer(string file) => Of(file, "MB2003");

    public static DiagnosticException Version(string file, string what, long version, long least, long most) => Of(file, "MB2004", what, version, least, most);

    public static DiagnosticException Operator(string file, string node, string op, long opset, string near) => Of(file, "MB2005", node, op, opset, near);

    public static DiagnosticException Node(string file, string node, string op, string why) => Of(file, "MB2006", node, op, why);

    public static DiagnosticException Input(string file, string input, string why) => Of(file, "MB2007", input, why);

    public static DiagnosticException Dimension(string file, string input, int axis, string name) => Of(file, "MB2008", input, axis, name, name.Length == 0 ? "name" : name);

    public static DiagnosticException Tensor(string file, string tensor, string why) => Of(file, "MB2009", tensor, why);

    public static DiagnosticException External(string file, string tensor, string location, string why) => Of(file, "MB2010", tensor, location, why);

    public static DiagnosticException Cycle(string file, string node, string value) => Of(file, "MB2011", node, value);

    public static DiagnosticException Lowering(string file, string why) => Of(file, "MB2012", why);

    public static DiagnosticException NoFormat(string file, IEnumerable<ModelFormat> formats) => Of(file, "MB2013", List(formats.Select(f => $"{f.Name} ({List(f.Extensions)})")));

    /// <summary>Of a format that isn't ONNX: <paramref name="what"/> is its word for a node.</summary>
    public static ImportException Unsupported(string file, string what, string node, string op, string why) => new(Of(file, "MB2014", what, node, op, why).Diagnostic, node, op, null);

    public static DiagnosticException Export(string file, ExportException e) => Of(file, "MB2015", e.Node.Name, e.Node.Op.Name, e.Format, e.Why);
    /// <summary>Where our own import or kernels are what stops a model that ONNX Runtime may run: that there is this way.</summary>
    public static DiagnosticException OrOnnxRuntime(Diagnostic diagnostic, bool recipe) =>
        new(diagnostic with { Text = $"{diagnostic.Text}; or run it by ONNX Runtime{(recipe ? ", without a recipe" : "")}: Backend=\"OnnxRuntime\"" });

    public static DiagnosticException Session(string file, string why) => Of(file, "MB2016", why);

    public static DiagnosticException NeedsImport(Site site, string metadata, Diagnostic why) => At(site, "MB2017", metadata, why.Text);

    public static DiagnosticException OutputDimension(string file, string output, int axis, string name) => Of(file, "MB2018", output, axis, name, name.Length == 0 ? $"{output}.{axis}" : name);

    public static DiagnosticException Differs(string file, string output, double error, double limit, string judge, string first) => Of(file, "MB3001", output, judge, Short(error), Short(limit), first);

    public static Diagnostic TooLarge(Site site, Severity severity, long size, long limit) => Budget(site, severity, "MB3002", size, limit);

    public static Diagnostic TooInaccurate(Site site, Severity severity, double before, double after, double limit) =>
        Budget(site, severity, "MB3003", Share(before), Share(after), Share(before - after), Share(limit));

    public static DiagnosticException NoLabels(Site site) => At(site, "MB3004");

    public static Diagnostic TooWrong(Site site, Severity severity, double error, double limit, string data) => Budget(site, severity, "MB3005", Short(error), data, Short(limit));

    public static Diagnostic TooMuchScratch(Site site, Severity severity, long bytes, long limit) => Budget(site, severity, "MB3006", bytes, limit);

    public static Diagnostic TooManyMacs(Site site, Severity severity, long macs, long limit) => Budget(site, severity, "MB3007", macs, limit);

    public static DiagnosticException LayerTooWrong(RecipeSource source, Extent at, string step, string layer, double error, double limit) =>
        At(source.Site, "MB3008", step, layer, Short(error), Short(limit), source.Excerpt(at));

    /// <param name="layers">Those that gain nothing: a name, and the bytes with and without the step.</param>
    /// <param name="lossy">Whether the step changes numbers: one that doesn't costs nothing either.</param>
    public static Diagnostic NoWin(RecipeSource source, Extent at, string step, IReadOnlyList<(string Layer, long With, long Without)> layers, int all, bool lossy) =>
        At(source.Site, "MB3020", step, layers.Count, all,
            string.Join(", ", layers.Take(MostNamed).Select(l => string.Create(CultureInfo.InvariantCulture, $"'{l.Layer}' ({l.With:N0} bytes with, {l.Without:N0} without)"))) + (layers.Count > MostNamed ? ", …" : ""),
            source.Excerpt(at)).Diagnostic with { Severity = lossy ? Severity.Warning : Severity.Message };

    public static DiagnosticException DiffersFromReference(DataSource source, int sample, string output, double error, double limit) =>
        At(source.Site, "MB3011", source, sample, output, Short(error), Short(limit));

    public static Diagnostic OtherJudge(string file, string why) => Of(file, "MB3010", why).Diagnostic;

    private static Diagnostic Budget(Site site, Severity severity, string id, params ReadOnlySpan<object?> values) => At(site, id, values).Diagnostic with { Severity = severity };

    private static string Short(double value) => value.ToString("0.##E+0", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>A row filled in, at a place of the project file.</summary>
    private static DiagnosticException At(Site site, string id, params ReadOnlySpan<object?> values)
    {
        DiagnosticRow row = Table.First(r => r.Id == id);
        return new(new Diagnostic(id, row.Severity, site.File, site.Line, 0, row.Text(values)));
    }

    /// <summary>A row filled in, about a file that has no lines.</summary>
    private static DiagnosticException Of(string file, string id, params ReadOnlySpan<object?> values) => At(new Site(file, 0), id, values);

    private static string List(IEnumerable<string> words) => string.Join(", ", words);
}
