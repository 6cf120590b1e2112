namespace ModelBuild.Engine;

/// <summary>TensorFlow Lite files → Graph.</summary>
internal sealed class TFLiteReader
{
    public const string What = "a TensorFlow Lite model";

    // What constants may become in all, against the file, before it is taken for one that means to fill the memory.
    private const long MostGrowth = 8, Least = 1 << 24;

    private readonly string _path;
    private readonly ImportOptions _options;
    private readonly TFLiteFile _file;

    private TFLiteReader(string path, ImportOptions options)
    {
        (_path, _options) = (path, options);
        _file = Open(path);
        Budget = _file.Bytes * MostGrowth + Least;
    }

    private long Budget { get; }

    /// <exception cref="FlatException">The file breaks its own format.</exception>
    /// <exception cref="DiagnosticException">MB2002, MB2004: it is no model that can be read.</exception>
    public static TFLiteFile Open(string path) =>
        new FileInfo(path).Length <= Array.MaxLength ? new TFLiteFile(path, File.ReadAllBytes(path)) : throw Diagnostics.NoModel(path, "it is larger than 2 GB", What);

    public static bool Matches(ReadOnlySpan<byte> header) => header.Length >= 8 && header[4..8].SequenceEqual("TFL3"u8);

    /// <exception cref="DiagnosticException">MB2xxx: the file is no model, or one that can't be read.</exception>
    public static Imported Read(string path, ImportOptions options)
    {
        try
        {
            return new Imported(new TFLiteReader(path, options).Build(), [path]);
        }
        catch (FlatException e)
        {
            throw Diagnostics.NoModel(path, e.Message, What);
        }
    }

    private Graph Build()
    {
        TFLiteCall[] calls = [.. _file.Calls()];
        if (_file.Subgraphs > 1)
        {
            string calling = calls.FirstOrDefault(c => TFLiteOperators.HasGraphs(c.Name))?.Name ?? "a second signature";
            throw Diagnostics.NoModel(_path, $"it has {_file.Subgraphs} graphs ({calling}), and one is supported", What + " of one graph");
        }
        var builder = new GraphBuilder(_file.Name.Length > 0 ? _file.Name : Path.GetFileNameWithoutExtension(_path));
        var names = new HashSet<string>();
        bool batch = _file.Inputs.Length > 0, resized = false;
        var inputs = new List<(int Tensor, string Name, Shape Shape)>();
        foreach (int tensor in _file.Inputs.Distinct())
        {
            TFLiteTensor t = _file.Tensor(tensor);
            string name = Unique(names, _file.Names.GetValueOrDefault(tensor, t.Name));
            Shape shape = InputShape(name, t);
            resized |= shape != t.Shape;
            batch &= shape.Rank > 0 && shape[0] == 1 && t.Signature[0] == -1;
            inputs.Add((tensor, name, shape));
        }
        var values = new TFLiteValues(builder, _file.Tensor, resized);
        foreach (var (tensor, name, shape) in inputs)
            At(name, "input", () => values.AddInput(tensor, name, shape));
        string[] outputs = [.. _file.Outputs.Distinct().Select(o => Unique(names, _file.Names.GetValueOrDefault(o, _file.Tensor(o).Name)))];
        long left = Budget;
        foreach (TFLiteCall call in calls)
            Add(call, values, ref left);
        foreach (var (tensor, name) in _file.Outputs.Distinct().Zip(outputs))
        {
            At(name, "output", () => values.AddOutput(tensor, name));
            batch &= builder.Type(name).Shape is [1, ..] && _file.Tensor(tensor).Signature[0] == -1;
        }
        if (outputs.Length == 0)
            throw Diagnostics.NoModel(_path, "it has no outputs", What);
        builder.Batch = batch;
        return builder.Build(outputs);
    }

    private void Add(TFLiteCall call, TFLiteValues values, ref long left)
    {
        string name = At("?", call.Name, () => _file.NameOf(call));
        if (!TFLiteOperators.ByName.TryGetValue(call.Name, out TFLiteOperator? row))
            throw Diagnostics.Unsupported(_path, "operator", name, call.Name, TFLiteOperators.HasGraphs(call.Name) ? ": the file's other graphs are not read" : "");
        var node = new TFLiteNode(values, name, call, left);
        At(name, call.Name, () => row.Read(node));
        left = node.Left;
    }

    private void At(string node, string op, Action work) => At(node, op, () =>
    {
        work();
        return true;
    });

    // What an operator can't do is the file's fault, also where a number of the file leads it astray.
    private T At<T>(string node, string op, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is OperatorException or NotConstantException or FlatException)
        {
            throw new ImportException(Diagnostics.Node(_path, node, op, e.Message).Diagnostic, node, op, (e as NotConstantException)?.Value);
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentException or IndexOutOfRangeException or InvalidOperationException or KeyNotFoundException or OutOfMemoryException)
        {
            throw new ImportException(Diagnostics.Node(_path, node, op, "its options, shapes and constants don't go together").Diagnostic, node, op, null);
        }
    }

    private Shape InputShape(string name, TFLiteTensor tensor)
    {
        if (_options.Shapes?.TryGetValue(name, out Shape given) == true)
            return given;
        int[] axes = [.. tensor.Shape];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (tensor.Signature[axis] != -1)
                continue;
            string dimension = $"dim{axis}";
            if (_options.Dimensions.TryGetValue(dimension, out int length))
                axes[axis] = length;
            else if (axis > 0)
                throw Diagnostics.Dimension(_path, name, axis, dimension);
        }
        return Shape.Of(axes);
    }

    private static string Unique(HashSet<string> names, string name)
    {
        string unique = name;
        for (int i = 1; !names.Add(unique); i++)
            unique = $"{name}.{i}";
        return unique;
    }
}
