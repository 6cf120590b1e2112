using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelBuild.Engine;

/// <summary>Where a model's or a layer's weights lie in its file.</summary>
internal abstract class KerasWeights
{
    /// <summary>A weight: by its name in older files, by its number among the layer's own weights (trained ones first) in newer ones; null if it isn't there.</summary>
    /// <exception cref="Hdf5Exception">The file is damaged there.</exception>
    public abstract Hdf5Array? Find(string name, int number);

    /// <summary>Those of a model's layer: by its name in older files, in newer ones by its class, of which it is the one with this number (from 0).</summary>
    public abstract KerasWeights Layer(string name, string @class, int number);

    /// <summary>
    /// Those of something inside a layer: how its part of a weight's name begins in older files (null where it has none of its own), the attributes that may hold
    /// it in newer ones.
    /// </summary>
    public abstract KerasWeights Inside(string? begin, params ReadOnlySpan<string> attributes);
}

/// <summary>
/// Keras's older files: a group a layer, in which the attribute <c>weight_names</c> lists arrays by path, the last part of which is the weight's name
/// (<c>dense/kernel:0</c>). The weights of a model inside a model are all in one group.
/// </summary>
internal sealed class KerasNamedWeights : KerasWeights
{
    private readonly Hdf5Object? _model;
    private readonly List<(string[] Path, Hdf5Object Array)> _weights = [];

    public KerasNamedWeights(Hdf5Object model) => _model = model;

    private KerasNamedWeights(IEnumerable<(string[], Hdf5Object)> weights) => _weights.AddRange(weights);

    public override Hdf5Array? Find(string name, int number) => _weights.FirstOrDefault(w => Is(w.Path[^1], name)).Array?.Read();

    public override KerasWeights Layer(string name, string @class, int number)
    {
        if (_model == null)
            return new KerasNamedWeights(_weights.Where(w => w.Path.SkipLast(1).Contains(name)));
        return new KerasNamedWeights(_model.Find(name) is { } group ? Listed(group) : []);
    }

    public override KerasWeights Inside(string? begin, params ReadOnlySpan<string> attributes) => begin == null ? this
        : new KerasNamedWeights(_weights.Where(w => w.Path.SkipLast(1).Any(p => p == begin || p.StartsWith(begin + "_", StringComparison.Ordinal))));

    /// <summary>How Keras 1's names end, behind the layer's: dense_1_W.</summary>
    private static readonly Dictionary<string, string> s_older = new()
    {
        ["kernel"] = "_W", ["bias"] = "_b", ["gamma"] = "_gamma", ["beta"] = "_beta", ["moving_mean"] = "_running_mean", ["moving_variance"] = "_running_std", ["embeddings"] = "_W",
    };

    // A number may follow: kernel:0.
    private static bool Is(string part, string name)
    {
        int colon = part.IndexOf(':');
        string own = colon < 0 ? part : part[..colon];
        return own == name || (s_older.TryGetValue(name, out string? older) && own.EndsWith(older, StringComparison.Ordinal));
    }

    private static IEnumerable<(string[], Hdf5Object)> Listed(Hdf5Object group)
    {
        const string Names = "weight_names";
        // Long lists are cut in pieces that are numbered.
        IEnumerable<string> names = group.Attribute(Names)?.Texts() ?? Enumerable.Range(0, int.MaxValue).Select(i => group.Attribute($"{Names}{i}")).TakeWhile(a => a != null).SelectMany(a => a!.Texts());
        foreach (string name in names)
            yield return (name.Split('/'), group.Find(name) ?? throw new Hdf5Exception($"'{name}' is listed as a weight, and isn't there"));
    }
}

/// <summary>
/// What Keras 3 writes into a <c>.keras</c> file: groups that are nested as its objects are. A layer is called after its class, with a number behind the second and
/// further ones (<c>layers/dense_1/vars/0</c>).
/// </summary>
internal sealed partial class KerasNestedWeights(Hdf5Object? group) : KerasWeights
{
    // The second is what Keras 2.12 to 2.15 write.
    private const string Layers = "layers", OlderLayers = "_layer_checkpoint_dependencies", Variables = "vars";

    private Dictionary<string, Hdf5Object>? _byName;

    public override Hdf5Array? Find(string name, int number) => (group?.Child(Variables)?.Child(number.ToString(CultureInfo.InvariantCulture)) ?? group?.Child(Variables)?.Child(name))?.Read();

    public override KerasWeights Layer(string name, string @class, int number)
    {
        string snake = Snake(@class);
        if (group?.Child(OlderLayers) is not { } older)
        {
            Hdf5Object? counted = group?.Child(Layers)?.Child(number == 0 ? snake : $"{snake}_{number.ToString(CultureInfo.InvariantCulture)}");
            // Where names stand beside the weights they are what counts.
            return new KerasNestedWeights(Named(counted) is { } own && own != name && ByName.TryGetValue(name, out Hdf5Object? named) ? named : counted);
        }
        // There, each layer is counted twice.
        return new KerasNestedWeights(older.Names.Select(n => (Name: n, Number: Number(n, snake))).Where(n => n.Number >= 0).OrderBy(n => n.Number).Select(n => older.Child(n.Name)).ElementAtOrDefault(number));
    }

    public override KerasWeights Inside(string? begin, params ReadOnlySpan<string> attributes)
    {
        foreach (string attribute in attributes)
        {
            if (group?.Child(attribute) is { } child)
                return new KerasNestedWeights(child);
        }
        return new KerasNestedWeights(null);
    }

    private Dictionary<string, Hdf5Object> ByName => _byName ??= group?.Child(Layers) is not { } layers ? []
        : layers.Names.Select(layers.Child).OfType<Hdf5Object>().Select(l => (Name: Named(l), Layer: l)).Where(l => l.Name != null).DistinctBy(l => l.Name).ToDictionary(l => l.Name!, l => l.Layer);

    private static string? Named(Hdf5Object? layer) => layer?.Child(Variables)?.Attribute("name")?.Texts() is [var name] ? name : null;

    private static int Number(string name, string snake) => name == snake ? 0
        : name.StartsWith(snake + "_", StringComparison.Ordinal) && int.TryParse(name.AsSpan(snake.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    /// <summary>MaxPooling2D → max_pooling2d, PReLU → p_re_lu.</summary>
    public static string Snake(string name) => Hump().Replace(Word().Replace(name, "$1_$2"), "$1_$2").ToLowerInvariant();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex Word();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Hump();
}
