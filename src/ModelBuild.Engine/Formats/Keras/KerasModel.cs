using System.Text.Json;

namespace ModelBuild.Engine;

/// <summary>A model, or one inside another: layers, and how values go from one to the next.</summary>
internal sealed class KerasModel
{
    private sealed record Layer(string Name, string Path, string Class, KerasConfig Config, JsonElement[] Calls, KerasWeights Weights)
    {
        /// <summary>Made when the layer is first called: a model inside, whose layers all calls share.</summary>
        public KerasModel? Model { get; set; }

        public bool IsModel => Is(Class);
    }

    private readonly KerasReader _reader;
    private readonly string _path, _name;
    private readonly KerasConfig _config;
    private readonly bool _sequential;
    private readonly List<Layer> _layers = [];

    private KerasModel(KerasReader reader, string path, string name, KerasConfig config, bool sequential) => (_reader, _path, _name, _config, _sequential) = (reader, path, name, config, sequential);

    public static bool Is(string @class) => @class is "Functional" or "Model" or "Sequential";

    /// <summary>What a class is called in the table: an operation may be called like a layer.</summary>
    public static string Class(KerasConfig entry, string @class) =>
        entry.Find("module") is { ValueKind: JsonValueKind.String } module && module.GetString()!.Split('.').Contains("ops") ? KerasOperations.Class(@class) : @class;

    /// <param name="path">What names of the model's layers begin with.</param>
    /// <param name="entry">Its class_name and config.</param>
    public static KerasModel Parse(KerasReader reader, string path, KerasConfig entry, KerasWeights weights)
    {
        string @class = reader.At(path, "model", () => entry.Text("class_name", ""));
        string place = path.Length == 0 ? "(model)" : path.TrimEnd('/');
        CheckModule(reader, place, @class, entry);
        if (!Is(@class))
            throw reader.Unsupported(place, @class.Length == 0 ? "(none)" : @class, "; models are Functional or Sequential: one of a class of its own holds Python code, which is not run");
        return reader.At(place, @class, () =>
        {
            // Old Sequential models are just their layers.
            JsonElement config = entry.Find("config") ?? throw new OperatorException("there is no config");
            bool bare = config.ValueKind == JsonValueKind.Array;
            var model = new KerasModel(reader, path, bare ? "sequential" : new KerasConfig(config).Text("name", "model"), new KerasConfig(config), @class == "Sequential");
            JsonElement layers = bare ? config : model._config.Find("layers") ?? throw new OperatorException("the config has no layers");
            if (layers.ValueKind != JsonValueKind.Array)
                throw new OperatorException("the config has no list of layers");
            model.AddLayers(layers, weights);
            return model;
        });
    }

    private void AddLayers(JsonElement layers, KerasWeights weights)
    {
        var counts = new Dictionary<string, int>();
        foreach (JsonElement json in layers.EnumerateArray())
        {
            var entry = new KerasConfig(json);
            string @class = entry.Text("class_name", "");
            var config = new KerasConfig(entry.Find("config") ?? default);
            string name = entry.Text("name", config.Json.ValueKind == JsonValueKind.Object ? config.Text("name", "") : "");
            if (name.Length == 0)
                name = $"{KerasNestedWeights.Snake(@class)}_{_layers.Count}";
            CheckModule(_reader, _path + name, @class, entry);
            @class = Class(entry, @class);
            string snake = KerasNestedWeights.Snake(@class);
            int number = counts.GetValueOrDefault(snake);
            counts[snake] = number + 1;
            JsonElement[] calls = entry.Find("inbound_nodes") is { ValueKind: JsonValueKind.Array } nodes ? [.. nodes.EnumerateArray()] : [];
            // A model's config is needed whole: its class is in the entry.
            _layers.Add(new Layer(name, _path + name, @class, Is(@class) ? entry : config, calls, _reader.At(_path + name, @class, () => weights.Layer(name, @class, number))));
        }
    }

    /// <summary>A class of somebody's own may be called like one of Keras's.</summary>
    private static void CheckModule(KerasReader reader, string path, string @class, KerasConfig entry)
    {
        if (entry.Find("module") is not { ValueKind: JsonValueKind.String } module || module.GetString() is not { } name)
            return;
        string[] parts = name.Split('.');
        if (parts[0] is not ("keras" or "tf_keras" or "tensorflow" or "keras_core"))
            throw reader.Unsupported(path, $"{name}.{@class}", ": it is no layer of Keras's own, and code is not run");
    }

    /// <summary>The model on values, or, as the whole model, on inputs of its own; the outputs, by the names of the layers that give them.</summary>
    public IReadOnlyList<(string Name, KerasValue Value)> Run(IReadOnlyList<KerasValue>? inputs) => _sequential ? RunSequential(inputs) : RunFunctional(inputs);

    private List<(string, KerasValue)> RunSequential(IReadOnlyList<KerasValue>? inputs)
    {
        if (inputs is { Count: not 1 })
            throw new OperatorException($"a Sequential model has one input, not {inputs.Count}");
        KerasValue[]? values = inputs == null ? null : [inputs[0]];
        string last = _name;
        foreach (Layer layer in _layers)
        {
            if (layer.Class == "InputLayer")
            {
                values ??= [Input(layer)];
                continue;
            }
            values ??= [FirstInput(layer)];
            values = Call(layer, values, default);
            if (values.Length != 1)
                throw new OperatorException($"layer '{layer.Name}' gives {values.Length} values, and layers of a Sequential model give one");
            last = layer.Name;
        }
        return values == null ? throw new OperatorException("a Sequential model without layers has no input") : [(last, values[0])];
    }

    /// <summary>A Sequential model need not have an InputLayer: its first layer, or the model, knows the shape.</summary>
    private KerasValue FirstInput(Layer layer)
    {
        KerasConfig config = layer.IsModel ? new KerasConfig(layer.Config.Find("config") ?? default) : layer.Config;
        JsonElement? shape = config.Find("batch_input_shape") ?? config.Find("batch_shape") ?? (_config.Json.ValueKind == JsonValueKind.Object ? _config.Find("build_input_shape") : null);
        if (shape == null && layer.IsModel && config.Find("layers") is { ValueKind: JsonValueKind.Array } inner && inner.GetArrayLength() > 0 && new KerasConfig(inner[0]).Find("config") is { } first)
            shape = new KerasConfig(first).Find("batch_input_shape") ?? new KerasConfig(first).Find("batch_shape");
        return _reader.Input(_path + layer.Name + "_input", shape, Type(config));
    }

    private KerasValue Input(Layer layer)
    {
        if (layer.Config.Flag("sparse", false) || layer.Config.Flag("ragged", false))
            throw new OperatorException("sparse and ragged inputs are not supported");
        return _reader.Input(layer.Path, layer.Config.Find("batch_shape") ?? layer.Config.Find("batch_input_shape"), Type(layer.Config));
    }

    /// <summary>The name of a type or, in Keras 3, of a policy.</summary>
    private static string Type(KerasConfig config) => config.Find("dtype") switch
    {
        { ValueKind: JsonValueKind.String } type => type.GetString()!.Replace("mixed_", "", StringComparison.Ordinal),
        { ValueKind: JsonValueKind.Object } policy => new KerasConfig(new KerasConfig(policy).Find("config") ?? default).Text("name", "").Replace("mixed_", "", StringComparison.Ordinal),
        _ => "",
    };

    private List<(string, KerasValue)> RunFunctional(IReadOnlyList<KerasValue>? inputs)
    {
        Reference[] ins = References(_config.Find("input_layers") ?? throw new OperatorException("the config has no input_layers"));
        Reference[] outs = References(_config.Find("output_layers") ?? throw new OperatorException("the config has no output_layers"));
        if (inputs != null && inputs.Count != ins.Length)
            throw new OperatorException($"the model has {ins.Length} inputs and is given {inputs.Count}");
        Dictionary<string, Layer> layers = [];
        foreach (Layer layer in _layers)
        {
            if (!layers.TryAdd(layer.Name, layer))
                throw new OperatorException($"there are two layers '{layer.Name}'");
        }
        var calls = new List<(Layer Layer, int Number, Invocation Call)>();
        foreach (Layer layer in _layers)
        {
            for (int i = 0; i < layer.Calls.Length; i++)
                calls.Add((layer, i, _reader.At(layer.Path, layer.Class, () => Parse(layer.Calls[i]))));
        }
        Reference[] used = [.. calls.SelectMany(c => c.Call.All), .. outs];
        // A model inside is called a first time when it is made, which the file may or may not count.
        Dictionary<string, int> shift = [];
        foreach (var group in used.GroupBy(r => r.Layer))
        {
            if (layers.TryGetValue(group.Key, out Layer? layer) && layer.IsModel && group.Max(r => r.Call) >= layer.Calls.Length)
                shift[group.Key] = 1;
        }
        Reference Own(Reference r) => r with { Call = r.Call - shift.GetValueOrDefault(r.Layer) };

        var values = new Dictionary<(string Layer, int Call), KerasValue[]>();
        for (int i = 0; i < ins.Length; i++)
        {
            if (!layers.TryGetValue(ins[i].Layer, out Layer? layer))
                throw new OperatorException($"the input layer '{ins[i].Layer}' is none of the layers");
            KerasValue own = inputs?[i] ?? _reader.At(layer.Path, layer.Class, () => Input(layer));
            values.TryAdd((layer.Name, 0), [own]);
        }
        // Each call waits for the first value that is still missing.
        var ready = new Queue<(Layer Layer, int Number, Invocation Call)>(calls);
        var waiting = new Dictionary<(string, int), List<(Layer, int, Invocation)>>();
        while (ready.TryDequeue(out var next))
        {
            if (next.Call.All.Select(Own).FirstOrDefault(r => !values.ContainsKey((r.Layer, r.Call))) is { } missing)
            {
                if (!waiting.TryGetValue((missing.Layer, missing.Call), out var list))
                    waiting[(missing.Layer, missing.Call)] = list = [];
                list.Add(next);
                continue;
            }
            KerasValue Value(Reference r) => Output(values[(r.Layer, r.Call)], r);
            KerasValue[] given = [.. next.Call.Arguments.Select(Own).Select(Value)];
            var named = next.Call.Named.ToDictionary(n => n.Key, n => Array.ConvertAll(n.Value, r => Value(Own(r))));
            values[(next.Layer.Name, next.Number)] = Call(next.Layer, given, new KerasArguments(next.Call.Keywords, named) { Positional = next.Call.Positional });
            if (waiting.Remove((next.Layer.Name, next.Number), out var released))
                released.ForEach(ready.Enqueue);
        }
        if (waiting.Count > 0)
        {
            var ((name, number), stuck) = waiting.First();
            throw _reader.Waits(stuck[0].Item1.Path, $"{name}, call {number}");
        }
        return [.. outs.Select(Own).Select(r => (r.Layer, Output(values.GetValueOrDefault((r.Layer, r.Call)) ?? throw new OperatorException($"the output layer '{r.Layer}' is none of the layers"), r)))];
    }

    private static KerasValue Output(KerasValue[] outputs, Reference r) =>
        r.Output < outputs.Length ? outputs[r.Output] : throw new OperatorException($"'{r.Layer}' gives {outputs.Length} values, and {r.Output} is asked for");

    private KerasValue[] Call(Layer layer, KerasValue[] inputs, KerasArguments arguments) => _reader.At(layer.Path, layer.Class, () =>
    {
        if (layer.IsModel)
        {
            layer.Model ??= Parse(_reader, layer.Path + "/", layer.Config, layer.Weights);
            return [.. layer.Model.Run([.. inputs, .. arguments.Values]).Select(o => o.Value)];
        }
        return new KerasLayer(_reader, layer.Path, layer.Class, layer.Config, layer.Weights) { Arguments = arguments }.Run(inputs);
    });

    /// <summary>A value: the layer that gives it, in which of its calls, as which of its outputs.</summary>
    private sealed record Reference(string Layer, int Call, int Output);

    private sealed record Invocation(Reference[] Arguments, Dictionary<string, Reference[]> Named, JsonElement Keywords)
    {
        /// <summary>What it is called with, values and others, in order.</summary>
        public JsonElement[] Positional { get; init; } = [];

        public IEnumerable<Reference> All => Arguments.Concat(Named.Values.SelectMany(v => v));
    }

    /// <summary>Keras 3's calls are objects of arguments and keywords; older ones lists of [layer, call, output, keywords].</summary>
    private static Invocation Parse(JsonElement call)
    {
        if (call.ValueKind == JsonValueKind.Object)
        {
            var entry = new KerasConfig(call);
            JsonElement keywords = entry.Find("kwargs") ?? default;
            Dictionary<string, Reference[]> named = Named(keywords);
            // Inputs may be handed over by their names.
            Reference[] inputs = [.. new[] { "inputs", "input", "x" }.SelectMany(n => named.Remove(n, out Reference[]? values) ? values : [])];
            JsonElement args = entry.Find("args") ?? default;
            return new([.. References(args), .. inputs], named, keywords) { Positional = args.ValueKind == JsonValueKind.Array ? [.. args.EnumerateArray()] : [] };
        }
        if (call.ValueKind != JsonValueKind.Array)
            throw new OperatorException("a call is neither an object nor a list");
        JsonElement last = default;
        foreach (JsonElement input in call.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Array && i.GetArrayLength() == 4 && i[3].ValueKind == JsonValueKind.Object))
            last = input[3];
        return new(References(call), Named(last), last);
    }

    /// <summary>Keywords that are values, one or several.</summary>
    private static Dictionary<string, Reference[]> Named(JsonElement keywords) => keywords.ValueKind != JsonValueKind.Object ? []
        : keywords.EnumerateObject().Select(k => (k.Name, Values: References(k.Value))).Where(k => k.Values.Length > 0).DistinctBy(k => k.Name).ToDictionary(k => k.Name, k => k.Values);

    /// <summary>All values that are named somewhere in it, in order; those of an object by the order of its keys, as Keras has it.</summary>
    private static Reference[] References(JsonElement json)
    {
        var found = new List<Reference>();
        void Collect(JsonElement at)
        {
            if (at.ValueKind == JsonValueKind.Array)
            {
                int length = at.GetArrayLength();
                if (length is 3 or 4 && at[0].ValueKind == JsonValueKind.String && at[1].ValueKind == JsonValueKind.Number && at[2].ValueKind == JsonValueKind.Number)
                    found.Add(new(at[0].GetString()!, Index(at[1]), Index(at[2])));
                else
                {
                    foreach (JsonElement element in at.EnumerateArray())
                        Collect(element);
                }
            }
            else if (at.ValueKind == JsonValueKind.Object)
            {
                var entry = new KerasConfig(at);
                if (entry.Find("class_name") is { ValueKind: JsonValueKind.String } name && name.GetString() == "__keras_tensor__")
                    Collect(new KerasConfig(entry.Find("config") ?? default).Find("keras_history") ?? throw new OperatorException("a value lacks its keras_history"));
                else if (!entry.Has("class_name"))
                {
                    foreach (JsonProperty property in at.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                        Collect(property.Value);
                }
            }
        }
        Collect(json);
        return [.. found];

        static int Index(JsonElement number) => number.TryGetInt32(out int index) && index >= 0 ? index : throw new OperatorException($"{number.GetRawText()} is no number of a call or an output");
    }
}

/// <summary>What a layer is called with beside its inputs: keywords, and those among them that are values.</summary>
internal readonly record struct KerasArguments(JsonElement Keywords, IReadOnlyDictionary<string, KerasValue[]>? Named)
{
    public IEnumerable<KerasValue> Values => Named?.Values.SelectMany(v => v) ?? [];

    public KerasValue? Value(string name) => All(name) is [var value] ? value : null;

    public KerasValue[] All(string name) => Named?.GetValueOrDefault(name) ?? [];

    /// <summary>What the call says in order, values and numbers (of Keras 3's calls).</summary>
    public IReadOnlyList<JsonElement> Positional { get => field ?? []; init; }

    public KerasConfig Config => new(Keywords);
}
