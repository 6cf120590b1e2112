using System.Collections.Generic;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary>The kernel calls: one statement a call, one method a group of them. Which kernels there are, only the runtime knows.</summary>
internal static class Layers
{
    private const int GroupSize = 16;

    public static void Write(SourceWriter source, ClassModel model)
    {
        if (model.Plan.IsByOnnxRuntime)
        {
            SessionMembers.Compute(source, model);
            return;
        }
        PlanCall[] calls = [.. model.Plan.Calls];
        int groups = (calls.Length + GroupSize - 1) / GroupSize;
        if (groups <= 1)
            Method(source, model, "Compute", model.Tensors, calls);
        else
            Groups(source, model, calls, (calls.Length + groups - 1) / groups);
        Lists(source, model);
    }

    private static void Groups(SourceWriter source, ClassModel model, PlanCall[] calls, int size)
    {
        PlanCall[][] groups = [.. Enumerable.Range(0, (calls.Length + size - 1) / size).Select(g => calls.Skip(g * size).Take(size).ToArray())];
        source.Method("private static void Compute", Parameters(model, model.Tensors), () =>
        {
            for (int g = 0; g < groups.Length; g++)
                source.Call($"Layers{g + 1}", Used(model, groups[g]).Select(t => t.Parameter).Prepend("in " + model.Local("frame")));
        });
        for (int g = 0; g < groups.Length; g++)
        {
            source.Line();
            Method(source, model, $"Layers{g + 1}", Used(model, groups[g]), groups[g]);
        }
    }

    // As spans of constants they would be allocated, one by one at every call, in projects that are built without optimization.
    private static void Lists(SourceWriter source, ClassModel model)
    {
        if (model.Lists.Count == 0)
            return;
        source.Line();
        source.Line("// Shapes and strides; m is minus.");
        source.Line("private static class Ints");
        source.Block("{", "}", () =>
        {
            foreach (KeyValuePair<EquatableArray<int>, string> list in model.Lists.OrderBy(l => l.Key.Count).ThenBy(l => l.Value, System.StringComparer.Ordinal))
                source.Line($"public static readonly int[] {list.Value} = [{string.Join(", ", list.Key.Select(Literals.Number))}];");
        });
    }

    private static void Method(SourceWriter source, ClassModel model, string name, IEnumerable<TensorModel> tensors, PlanCall[] calls) =>
        source.Method("private static void " + name, Parameters(model, tensors), () =>
        {
            string comment = "";
            foreach (PlanCall call in calls)
            {
                if (call.Comment.Length > 0 && call.Comment != comment)
                    source.Line("// " + Literals.Comment(call.Comment));
                comment = call.Comment;
                source.Call(ClassSource.Runtime + "Kernels." + call.Kernel, call.Arguments.Select(a => a.Name + ": " + Value(model, a.Value)).Prepend("in " + model.Local("frame")));
            }
        });

    private static IEnumerable<string> Parameters(ClassModel model, IEnumerable<TensorModel> tensors) =>
        tensors.Select(t => t.Span + " " + t.Parameter).Prepend($"in {ClassSource.Runtime}Frame {model.Local("frame")}");

    private static TensorModel[] Used(ClassModel model, PlanCall[] calls)
    {
        HashSet<TensorModel> used = [.. calls.SelectMany(c => c.Arguments).Select(a => PlanValue.Parse(a.Value) switch
        {
            PlanValue.Input(var i) => model.Inputs[i],
            PlanValue.Output(var i) => model.Outputs[i],
            _ => null,
        }).OfType<TensorModel>()];
        return [.. model.Tensors.Where(used.Contains)];
    }

    private static string Value(ClassModel model, string text) => PlanValue.Parse(text) switch
    {
        PlanValue.Integer(var value) => Literals.Number(value),
        // As the plan wrote it: a number formatted here could differ between the frameworks that compilers run on.
        PlanValue.Single(var value) => float.IsNaN(value) ? "float.NaN" : float.IsInfinity(value) ? value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity" : text,
        PlanValue.List(var values) => "Ints." + model.Lists[values],
        PlanValue.Place(var block, var offset) => $"{model.Local("frame")}.{block}({Literals.Number(offset)})",
        PlanValue.Input(var i) => model.Inputs[i].Parameter,
        PlanValue.Output(var i) => model.Outputs[i].Parameter,
        _ => "default",
    };
}
