namespace ModelBuild.Engine;

/// <summary>Where an error about an item's metadata points: the project file and the item's line, or the model where there is no project.</summary>
internal readonly record struct Site(string File, int Line);
