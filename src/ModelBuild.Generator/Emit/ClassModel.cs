using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary>A plan in the words of the class to write.</summary>
internal sealed class ClassModel
{
    private readonly HashSet<string> _parameters;
    private readonly Dictionary<EquatableArray<int>, string> _lists = [];

    public ClassModel(Plan plan)
    {
        Plan = plan;
        Inputs = [.. plan.Inputs.Select(t => new TensorModel(t, isInput: true, plan.Class))];
        Outputs = [.. plan.Outputs.Select(t => new TensorModel(t, isInput: false, plan.Class))];
        Tensors = [.. Inputs, .. Outputs];
        _parameters = [.. Tensors.Select(t => t.Parameter)];
        HashSet<string> plurals = [.. Tensors.Select(t => t.Plural), "count"];
        if (plurals.Count <= Tensors.Length)
        {
            foreach (TensorModel tensor in Tensors)
                tensor.Plural = tensor.Parameter;
        }
        _parameters.UnionWith(Tensors.Select(t => t.Plural));
        foreach (PlanValue.List list in plan.Calls.SelectMany(c => c.Arguments).Select(a => PlanValue.Parse(a.Value)).OfType<PlanValue.List>())
        {
            if (!_lists.ContainsKey(list.Values))
                _lists.Add(list.Values, ListName(list.Values));
        }
    }

    public Plan Plan { get; }

    public TensorModel[] Inputs { get; }

    public TensorModel[] Outputs { get; }

    public TensorModel[] Tensors { get; }

    /// <summary>What the instance rents a call's memory from.</summary>
    public string Arenas => Plan.IsByOnnxRuntime ? "OnnxArenas" : "Arenas";

    public bool HasLabels => Plan.Labels.Count > 0;

    public string Fact(string key) => Plan.Facts.FirstOrDefault(f => f.Key == key)?.Value ?? "";

    /// <summary>A name for a local of the class's own: another one where a tensor has it.</summary>
    public string Local(string name)
    {
        while (_parameters.Contains(name))
            name += "_";
        return name;
    }

    /// <summary>The constant lists of all calls, by name.</summary>
    public IReadOnlyDictionary<EquatableArray<int>, string> Lists => _lists;

    // A short list's name is what it holds.
    private string ListName(EquatableArray<int> list) => list.Count is > 0 and <= 12
        ? string.Concat(list.Select(i => "_" + Literals.Number(i).Replace('-', 'm')))
        : "_of" + Literals.Number(list.Count) + "_" + Literals.Number(_lists.Count);

    /// <summary>The input that may come as bytes; null where there is none.</summary>
    public TensorModel? Pixels => Plan.Pixels is { } pixels ? Inputs[pixels.Input] : null;

    /// <summary>Where <see cref="LabelMembers"/> finds room in the arena for outputs and for an order of the classes.</summary>
    public int ArenaOf(TensorModel output) => Align(Plan.ScratchBytes) + Outputs.TakeWhile(o => o != output).Sum(o => Align(8 * o.Length));

    public int ArenaOfOrder => Align(Plan.ScratchBytes) + Outputs.Sum(o => Align(8 * o.Length));

    private int ArenaEnd => HasLabels ? ArenaOfOrder + Align(4 * Outputs[0].Length) : Plan.ScratchBytes;

    /// <summary>The parameter of bytes.</summary>
    public string PixelsParameter => Local("pixels");

    /// <summary>Parameters of the inputs, of which one may be bytes.</summary>
    public IEnumerable<(TensorModel Tensor, string Span, string Name, bool IsPixels)> InputsOf(bool bytes, bool many = false) => Inputs.Select(t => bytes && t == Pixels
        ? (t, "global::System.ReadOnlySpan<byte>", PixelsParameter, true)
        : (t, t.Span, many ? t.Plural : t.Parameter, false));

    /// <summary>Where the numbers stand that bytes become.</summary>
    public int ArenaOfPixels => Align(ArenaEnd);

    public int ArenaBytes => Pixels is { } pixels ? ArenaOfPixels + Align(4 * pixels.Length) : ArenaEnd;

    private static int Align(int bytes) => (bytes + 63) / 64 * 64;
}
