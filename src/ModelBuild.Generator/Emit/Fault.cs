namespace ModelBuild.Generator;

/// <summary>Why a plan gives no class: the diagnostic's number and its text.</summary>
internal sealed record Fault(string Id, string Text)
{
    public static Fault Format(string format) => new("MB4001",
        $"the plan is of format {format}, and this generator reads format {Plan.Format}: the tool and the generator are of different versions of ModelBuild. "
        + "Reference one version of the package, restart the compiler server (dotnet build-server shutdown) and rebuild");

    public static Fault Unreadable(string why) => new("MB4002", $"the plan can't be read: {why}. Delete the obj folder and rebuild");

    public static Fault Meet(string kind, string identifier, string one, string other) => new("MB4003",
        $"the {kind} {one} and {other} both become '{identifier}' in C#; rename one of them");

    public static Fault SameClass(string name, string others) => new("MB4004", $"the class {name} comes from more than one model: {others}. Give one of the <Model> items another Class or Namespace");

    public static Fault ClassName(string name, string why) => new("MB4005", $"'{name}' can't be the name of the class: {why}. Give the <Model> item another Class");

    public static Fault Labels(string tensor, string type) => new("MB4006", $"Labels need a first output of float32, and '{tensor}' is {type}. Remove Labels from the <Model> item");
}
