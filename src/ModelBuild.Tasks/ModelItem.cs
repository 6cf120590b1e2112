using Microsoft.Build.Framework;
using ModelBuild.Protocol;

namespace ModelBuild.Tasks;

/// <summary>One <c>&lt;Model&gt;</c> item, with what follows from it.</summary>
internal sealed class ModelItem
{
    private readonly ITaskItem _item;
    private readonly ITaskItem[] _defaults;
    private readonly string _projectDirectory;

    public ModelItem(ITaskItem item, ITaskItem[] defaults, string projectDirectory, string rootNamespace)
    {
        _item = item;
        _defaults = defaults;
        _projectDirectory = projectDirectory;
        Path = Absolute(item.ItemSpec);
        Name = System.IO.Path.GetFileNameWithoutExtension(Path);
        Class = Metadata("Class") is { Length: > 0 } name ? name : Identifiers.Class(Name);
        Namespace = Metadata("Namespace") is { Length: > 0 } space ? space : AsNamespace(rootNamespace);
    }

    public string Path { get; }

    public string Name { get; }

    public string Class { get; }

    public string Namespace { get; }

    public string FullName => Namespace.Length == 0 ? Class : Namespace + "." + Class;

    public string Resource => "ModelBuild." + FullName + ".weights";

    public string Metadata(string name) =>
        _item.GetMetadata(name) is { Length: > 0 } value ? value : _defaults.FirstOrDefault(d => d.ItemSpec == name)?.GetMetadata("Value") ?? "";

    /// <summary>What is wrong with the item itself, or null.</summary>
    public (string Id, string Text)? Fault() =>
        !File.Exists(Path) && !Directory.Exists(Path) ? Diagnostics.NoModel(_item.ItemSpec, Path)
        : !Identifiers.IsIdentifier(Class) ? Diagnostics.NoIdentifier("Class", Class)
        : Namespace.Length > 0 && !Namespace.Split('.').All(Identifiers.IsIdentifier) ? Diagnostics.NoIdentifier("Namespace", Namespace)
        : null;

    /// <summary>What the item says, in the request's words, and the files it refers to.</summary>
    public IEnumerable<KeyValuePair<string, string>> Facts()
    {
        var files = new SortedSet<string>(Files(Path), StringComparer.Ordinal);
        var facts = new List<KeyValuePair<string, string>>
        {
            new(RequestText.Model, Path),
            new(RequestText.Class, Class),
            new(RequestText.Namespace, Namespace),
            new(RequestText.Resource, Resource),
        };
        foreach ((string name, MetadataKind kind) in ModelMetadata.Table)
        {
            string value = Metadata(name);
            if (value.Length == 0 || kind == MetadataKind.Build)
                continue;
            if (kind is MetadataKind.File or MetadataKind.Data)
            {
                string range = kind == MetadataKind.Data ? Range(value) : "";
                string path = Absolute(value.Substring(0, value.Length - range.Length));
                files.UnionWith(Files(path));
                value = path + range;
            }
            facts.Add(new(ModelMetadata.Key(name), value));
        }
        return facts.Concat(files.Select(f => new KeyValuePair<string, string>(RequestText.File, f)));
    }

    // Both separators are the same to MSBuild, on every system.
    private string Absolute(string path) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(_projectDirectory, path.Replace('\\', System.IO.Path.DirectorySeparatorChar)));

    /// <summary>The range behind a path, brackets included, or nothing.</summary>
    private static string Range(string value)
    {
        int start = value.LastIndexOf('[');
        bool any = start >= 0 && value.EndsWith("]", StringComparison.Ordinal) && value.IndexOf("..", start, StringComparison.Ordinal) >= 0;
        return any ? value.Substring(start) : "";
    }

    private static IEnumerable<string> Files(string path) =>
        File.Exists(path) ? [path] : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [];

    /// <summary>A RootNamespace is by default the project's file name, which may be no name in C#.</summary>
    private static string AsNamespace(string text) => string.Join(".", text.Split('.').Where(p => p.Length > 0).Select(part =>
    {
        string name = string.Concat(part.Select(c => char.IsLetterOrDigit(c) ? c : '_'));
        return Identifiers.IsIdentifier(name) ? name : "_" + name;
    }));
}
