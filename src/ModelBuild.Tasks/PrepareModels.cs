using System.Globalization;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ModelBuild.Protocol;

namespace ModelBuild.Tasks;

/// <summary>
/// <c>&lt;Model&gt;</c> items → request files, written only when different, and what the targets need to know of each model. Runs in every build, so it
/// reads no model and no data.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class PrepareModels : Task
{
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Named recipes, with metadata Steps.</summary>
    public ITaskItem[] Recipes { get; set; } = [];

    /// <summary>Metadata by name, with metadata Value: what holds where an item says nothing.</summary>
    public ITaskItem[] Defaults { get; set; } = [];

    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>The project's RootNamespace.</summary>
    public string Namespace { get; set; } = "";

    [Required]
    public string OutputDirectory { get; set; } = "";

    [Required]
    public string CacheDirectory { get; set; } = "";

    [Required]
    public string Tool { get; set; } = "";

    /// <summary>In a design-time build nothing is compressed, so what is there stays valid.</summary>
    public bool DesignTime { get; set; }

    /// <summary>The models, with metadata Request, Stamp, Plan, Outline, Weights, Resource, Folder, Backend and PublishExport.</summary>
    [Output]
    public ITaskItem[] Prepared { get; set; } = [];

    public override bool Execute()
    {
        KeyValuePair<string, string>[] recipes = NamedRecipes();
        var lines = new ProjectLines();
        var prepared = new List<ITaskItem>();
        var classes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (ITaskItem item in Models)
        {
            var model = new ModelItem(item, Defaults, ProjectDirectory, Namespace);
            string project = item.GetMetadata("DefiningProjectFullPath");
            int line = lines.Of(project, item.ItemSpec);
            (string, string)? fault = model.Fault() ??
                (classes.TryGetValue(model.FullName, out string? other) ? Diagnostics.SameClass(model.FullName, other, model.Path) : null);
            if (fault is { } found)
            {
                Report(found, project, line);
                continue;
            }
            classes.Add(model.FullName, model.Path);
            prepared.Add(Prepare(model, [new(RequestText.Project, project), new(RequestText.Line, line.ToString(CultureInfo.InvariantCulture)), .. recipes]));
        }
        Prepared = [.. prepared];
        return !Log.HasLoggedErrors;
    }

    private ITaskItem Prepare(ModelItem model, KeyValuePair<string, string>[] facts)
    {
        string directory = Path.Combine(ProjectDirectory, OutputDirectory, model.FullName);
        string At(string extension) => Path.Combine(directory, model.Name + extension);

        Directory.CreateDirectory(directory);
        WriteWhenDifferent(At(".request"), RequestText.Write(
        [
            new(RequestText.Tool, Tool),
            new(RequestText.Directory, directory),
            new(RequestText.Name, model.Name),
            new(RequestText.Cache, Path.Combine(ProjectDirectory, CacheDirectory)),
            .. facts,
            .. model.Facts(),
        ]));
        if (!DesignTime && Stale(At(".inputs"), [At(".plan"), At(".weights")]))
            File.Delete(At(".stamp"));

        var item = new TaskItem(Escape.Text(model.Path));
        void Set(string name, string value) => item.SetMetadata(name, Escape.Text(value));
        Set("Request", At(".request"));
        Set("Stamp", At(".stamp"));
        Set("Plan", At(".plan"));
        Set("Outline", At(".outline.plan"));
        Set("Weights", At(".weights"));
        Set("Resource", model.Resource);
        Set("Folder", directory);
        Set("Backend", model.Metadata("Backend"));
        Set("PublishExport", model.Metadata("PublishExport"));
        return item;
    }

    private bool Stale(string inputs, string[] outputs)
    {
        if (!File.Exists(inputs) || !outputs.All(File.Exists))
            return true;
        string? changed = InputsText.Changed(File.ReadAllLines(inputs));
        if (changed != null)
            Log.LogMessage(MessageImportance.Low, "{0} has changed", changed);
        return changed != null;
    }

    private KeyValuePair<string, string>[] NamedRecipes()
    {
        var recipes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (ITaskItem item in Recipes)
        {
            string steps = item.GetMetadata("Steps");
            if (recipes.TryGetValue(item.ItemSpec, out string? other) && other != steps)
                Report(Diagnostics.SameRecipe(item.ItemSpec), item.GetMetadata("DefiningProjectFullPath"), 0);
            recipes[item.ItemSpec] = steps;
        }
        return [.. recipes.Select(r => new KeyValuePair<string, string>(RequestText.Recipe + r.Key, r.Value))];
    }

    private void Report((string Id, string Text) diagnostic, string file, int line) =>
        Log.LogError(null, diagnostic.Id, null, file, line, 0, 0, 0, "{0}", diagnostic.Text);

    private static void WriteWhenDifferent(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
            File.WriteAllText(path, text, new UTF8Encoding(false));
    }
}
