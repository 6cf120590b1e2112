using System.Collections.Immutable;
using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>Keras's files (.h5, .keras) → graph. Names, shapes and order of axes of inputs and outputs stay Keras's own.</summary>
internal sealed class KerasReader
{
    private const int MostElements = 1 << 26;

    private readonly string _file;
    private readonly ImportOptions _options;
    private readonly KerasFile _keras;
    private bool _batch = true;

    private KerasReader(string file, ImportOptions options)
    {
        (_file, _options, _keras) = (file, options, KerasFile.Open(file));
        string name = new KerasConfig(_keras.Config).Find("config") is { ValueKind: JsonValueKind.Object } config ? new KerasConfig(config).Text("name", "") : "";
        Builder = new GraphBuilder(name);
    }

    public GraphBuilder Builder { get; }

    /// <summary>The first number of the version of Keras that wrote the file: some words mean something else in each.</summary>
    public int Version => _keras.Version;

    /// <exception cref="DiagnosticException">MB2xxx: the file is no model, or one that can't be read.</exception>
    public static Imported Read(string file, ImportOptions options)
    {
        var reader = new KerasReader(file, options);
        try
        {
            return new Imported(reader.Build(), [file]);
        }
        // A text that isn't one, among other things.
        catch (Exception e) when (e is Hdf5Exception or InvalidOperationException)
        {
            throw Diagnostics.NoModel(file, e.Message, KerasFile.A);
        }
    }

    private Graph Build()
    {
        var model = KerasModel.Parse(this, "", new KerasConfig(_keras.Config), _keras.Weights);
        var names = new Dictionary<string, string>();
        var outputs = new List<string>();
        foreach (var (name, value) in At("(model)", "model", () => model.Run(null)))
        {
            string result = new KerasLayer(this, name, "Output", default, _keras.Weights).Plain(value);
            // Inputs keep their names, and of two outputs that are one value the second is a copy.
            if (Builder.Has(name) || Builder.IsInput(result) || Builder.Constant(result) != null || names.ContainsKey(result))
                result = Builder.Add(name, new Identity(), result);
            outputs.Add(result);
            names[result] = Builder.Has(name) || names.ContainsValue(name) ? result : name;
        }
        Builder.Batch = _batch && outputs.All(o => Builder.Type(o).Shape is [1, ..]);
        Graph graph = Builder.Build(outputs);
        string Named(string value) => names.GetValueOrDefault(value, value);
        return graph with
        {
            Outputs = [.. graph.Outputs.Select(Named)],
            Nodes = [.. graph.Nodes.Select(n => n with { Inputs = new(n.Inputs.Select(Named)), Outputs = new(n.Outputs.Select(Named)) })],
            Types = graph.Types.ToImmutableDictionary(t => Named(t.Key), t => t.Value),
        };
    }

    /// <summary>An input of the whole model.</summary>
    public KerasValue Input(string name, JsonElement? shape, string type)
    {
        if (shape is not { ValueKind: JsonValueKind.Array } axes || axes.GetArrayLength() == 0)
            throw Diagnostics.Input(_file, name, "it has no shape: the model was saved before it had one; begin it with an Input layer");
        ElementType element = type switch
        {
            "" or "float32" or "float16" or "bfloat16" or "float64" => ElementType.Float32,
            "int32" => ElementType.Int32, "int64" => ElementType.Int64, "uint8" => ElementType.UInt8, "int8" => ElementType.Int8, "bool" => ElementType.Bool,
            _ => throw Diagnostics.Input(_file, name, $"element type {type} is not supported"),
        };
        var lengths = new List<int>();
        foreach (JsonElement axis in axes.EnumerateArray())
        {
            int at = lengths.Count;
            string key = $"dim{at}";
            if (axis.ValueKind != JsonValueKind.Null)
                lengths.Add(axis.ValueKind == JsonValueKind.Number && axis.TryGetInt32(out int length) && length > 0 ? length : throw Diagnostics.Input(_file, name, $"axis {at} is {axis.GetRawText()} long"));
            else if (_options.Dimensions.TryGetValue($"{name}.{at}", out int given) || _options.Dimensions.TryGetValue(key, out given))
                lengths.Add(given);
            else if (at == 0)
                lengths.Add(1);
            else
                throw Diagnostics.Dimension(_file, name, at, key);
            _batch &= at > 0 || axis.ValueKind == JsonValueKind.Null;
        }
        var whole = new TensorType(element, _options.Shapes?.TryGetValue(name, out Shape wanted) == true ? wanted : Shape.Of(lengths));
        if (Builder.Has(name))
            throw Diagnostics.Input(_file, name, "there are two of this name");
        CheckSize(name, "InputLayer", whole.Shape);
        Builder.AddInput(name, whole);
        return new KerasValue { Plain = name };
    }

    /// <summary>Does a layer's work; what it can't do is the layer's fault.</summary>
    public T At<T>(string layer, string @class, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is OperatorException or OverflowException)
        {
            throw new ImportException(Diagnostics.Node(_file, layer, @class, e.Message).Diagnostic, layer, @class, null);
        }
        catch (Hdf5Exception e)
        {
            throw Diagnostics.Tensor(_file, layer, e.Message);
        }
    }

    public ImportException Unsupported(string layer, string @class, string why) => Diagnostics.Unsupported(_file, "layer", layer, @class, why);

    public DiagnosticException Waits(string layer, string on) => Diagnostics.Cycle(_file, layer, on);

    /// <summary>What no machine of a model's users would hold: a config may say anything.</summary>
    public void CheckSize(string layer, string @class, Shape shape)
    {
        if (shape.Aggregate(1L, (size, length) => Math.Min(size * length, int.MaxValue)) > MostElements)
            throw new ImportException(Diagnostics.Node(_file, layer, @class, $"it gives {shape}, and more than {MostElements} elements are not supported").Diagnostic, layer, @class, null);
    }
}
