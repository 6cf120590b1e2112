using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ModelBuild.Generator;

/// <summary>What a plan must keep before a class can be written of it: a text of another origin than our tool's must not become code either.</summary>
internal static class PlanCheck
{
    public static IEnumerable<Fault> Faults(Plan plan) => new[] { Words(plan), Class(plan), Labels(plan), Meeting(plan) }.OfType<Fault>();

    private static Fault? Words(Plan plan)
    {
        foreach (string part in plan.Namespace.Length == 0 ? [] : plan.Namespace.Split('.'))
        {
            if (!Identifiers.IsIdentifier(part) && !Identifiers.IsKeyword(part))
                return Fault.Unreadable($"'{plan.Namespace}' is no namespace");
        }
        foreach (PlanTensor tensor in plan.Inputs.Concat(plan.Outputs))
        {
            if (!Identifiers.IsIdentifier(tensor.Identifier) || tensor.Identifier.Contains('_') || Identifiers.IsMember(tensor.Identifier))
                return Fault.Unreadable($"'{tensor.Identifier}' is no name for a tensor");
            if (!TensorModel.Knows(tensor.Type))
                return Fault.Unreadable($"'{tensor.Name}' has the type '{tensor.Type}'");
            if (tensor.Meaning is { } meaning && !IsNumber(meaning.Scale))
                return Fault.Unreadable($"'{meaning.Scale}' is no number");
        }
        if (plan.Pixels is { } pixels)
        {
            if (pixels.Input < 0 || pixels.Input >= plan.Inputs.Count || plan.Inputs[pixels.Input].Type != "f32" || pixels.Inner < 1)
                return Fault.Unreadable($"bytes can't become the input {pixels.Input}");
            if (pixels.Scale.Concat(pixels.Mean).Concat(pixels.Std).FirstOrDefault(n => !IsNumber(n)) is { } number)
                return Fault.Unreadable($"'{number}' is no number");
            if (plan.Inputs[pixels.Input].Shape.Aggregate(1L, (a, b) => a * b) % ((long)pixels.Scale.Count * pixels.Inner) != 0 && pixels.Scale.Count > 1)
                return Fault.Unreadable($"the input {pixels.Input} has no {pixels.Scale.Count} channels of {pixels.Inner}");
        }
        if (plan.Backend.Length > 0 && !plan.IsByOnnxRuntime)
            return Fault.Unreadable($"there is no backend '{plan.Backend}'");
        if (plan.Outputs.Count == 0)
            return Fault.Unreadable("there is no output");
        string? word = plan.Calls.SelectMany(c => c.Arguments.Select(a => a.Name).Prepend(c.Kernel)).Concat(plan.Expansions.Select(e => e.Decoder)).Concat(plan.Expansions.Select(e => e.Form).Where(f => f.Length > 0)).FirstOrDefault(w => !Identifiers.IsIdentifier(w));
        if (word != null)
            return Fault.Unreadable($"'{word}' names no kernel, parameter or decoder");
        try
        {
            foreach (PlanArgument argument in plan.Calls.SelectMany(c => c.Arguments))
            {
                PlanValue value = PlanValue.Parse(argument.Value);
                if (value is PlanValue.Input(var input) && (input < 0 || input >= plan.Inputs.Count))
                    return Fault.Unreadable($"there is no input {input}");
                if (value is PlanValue.Output(var output) && (output < 0 || output >= plan.Outputs.Count))
                    return Fault.Unreadable($"there is no output {output}");
            }
        }
        catch (FormatException e)
        {
            return Fault.Unreadable(e.Message);
        }
        return null;
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && text.Trim() == text;

    private static Fault? Class(Plan plan) =>
        !Identifiers.IsIdentifier(plan.Class) ? Fault.ClassName(plan.Class, "it is no identifier of C#")
        : Identifiers.IsReservedForTypes(plan.Class) ? Fault.ClassName(plan.Class, "C# gives the word another meaning")
        : Identifiers.IsMember(plan.Class) ? Fault.ClassName(plan.Class, "one of its members is called so")
        : null;

    private static Fault? Labels(Plan plan) =>
        plan.Labels.Count > 0 && plan.Outputs.Count > 0 && plan.Outputs[0].Type != "f32" ? Fault.Labels(plan.Outputs[0].Name, plan.Outputs[0].Type) : null;

    private static Fault? Meeting(Plan plan)
    {
        var tensors = plan.Inputs.Select(t => (t.Identifier, Text: $"input '{t.Name}'")).Concat(plan.Outputs.Select(t => (t.Identifier, Text: $"output '{t.Name}'"))).ToArray();
        // Two members that differ in case only give the same parameter.
        foreach (var same in tensors.GroupBy(t => Identifiers.Parameter(t.Identifier)).Where(g => g.Count() > 1))
            return Fault.Meet("tensors", same.First().Identifier, same.First().Text, same.ElementAt(1).Text);
        foreach (var same in plan.Labels.GroupBy(Identifiers.Label).Where(g => g.Count() > 1))
            return Fault.Meet("labels", same.Key, $"'{same.First()}'", $"'{same.ElementAt(1)}'");
        return null;
    }
}
