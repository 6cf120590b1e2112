namespace ModelBuild.Tasks;

/// <summary>What the build itself finds wrong, before the tool is asked: numbers and texts. The tool's own are in its engine.</summary>
internal static class Diagnostics
{
    public static (string Id, string Text) NoModel(string include, string path) =>
        ("MB1101", $"the model '{include}' does not exist (looked for {path})");

    public static (string Id, string Text) SameClass(string name, string first, string second) => ("MB1102",
        $"two models would become the class '{name}': {first} and {second}; give one of them another Class or Namespace");

    public static (string Id, string Text) NoIdentifier(string metadata, string value) =>
        ("MB1103", $"{metadata}=\"{value}\" is not a name in C#");

    public static (string Id, string Text) SameRecipe(string name) =>
        ("MB1104", $"two ModelRecipe items are named '{name}', and their steps differ");
}
