using System;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ModelBuild.Generator;

/// <summary>An additional file, read: its plan, or why there is none, and at which line (from 1).</summary>
internal sealed record PlanFile(string Path, Plan? Plan, Fault? Fault, int Line)
{
    public static PlanFile Read(AdditionalText file, CancellationToken cancellation)
    {
        SourceText? text = file.GetText(cancellation);
        if (text == null)
            return new(file.Path, null, Fault.Unreadable("the file can't be opened"), 1);
        try
        {
            return new(file.Path, PlanText.Parse(text.ToString()), null, 1);
        }
        catch (PlanFormatException e) when (e.Line == 1 && e.Format != null)
        {
            return new(file.Path, null, Fault.Format(e.Format), 1);
        }
        catch (PlanFormatException e)
        {
            return new(file.Path, null, Fault.Unreadable(e.Message), e.Line);
        }
    }
}

/// <summary>The source that a plan becomes, and the plan that it comes from.</summary>
internal sealed record PlanName(string FileName, string Path);

/// <summary>What the compiler is given for one plan: a source, or faults.</summary>
internal sealed record PlanOutput(string Path, int Line, string FileName, string Source, EquatableArray<Fault> Faults)
{
    public Location Location => Location.Create(Path, default, new LinePositionSpan(new(Line - 1, 0), new(Line - 1, 0)));

    public static PlanOutput Of(PlanFile file, EquatableArray<PlanName> names)
    {
        if (file.Plan == null)
            return new(file.Path, file.Line, "", "", new([file.Fault!]));
        Fault[] faults = [.. PlanCheck.Faults(file.Plan)];
        string name = ClassSource.FileName(file.Plan);
        // The compiler compares names of files without case, so classes that differ only there collide too.
        PlanName[] same = [.. names.Where(n => string.Equals(n.FileName, name, StringComparison.OrdinalIgnoreCase))];
        if (faults.Length == 0 && same.Length > 1)
            faults = [Fault.SameClass(name.Substring(0, name.Length - 5), string.Join(" and ", same.Select(n => n.Path)))];
        return new(file.Path, 1, name, faults.Length == 0 ? ClassSource.Write(file.Plan) : "", new(faults));
    }
}
