using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace ModelBuild.Generator;

/// <summary>The generator's diagnostics as the compiler knows them.</summary>
internal static class Descriptors
{
    private static readonly DiagnosticDescriptor
        Format = Error("MB4001", "The plan is of another format"),
        Unreadable = Error("MB4002", "The plan can't be read"),
        Names = Error("MB4003", "Two names become the same identifier"),
        Classes = Error("MB4004", "Two models become the same class"),
        ClassName = Error("MB4005", "A class can't have this name"),
        Labels = Error("MB4006", "Labels need a first output of float32");

    public static readonly IReadOnlyDictionary<string, DiagnosticDescriptor> All =
        new[] { Format, Unreadable, Names, Classes, ClassName, Labels }.ToDictionary(d => d.Id);

    private static DiagnosticDescriptor Error(string id, string title) => new(id, title, "{0}", "ModelBuild", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
