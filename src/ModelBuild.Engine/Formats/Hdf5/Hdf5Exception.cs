namespace ModelBuild.Engine;

/// <summary>The file isn't what HDF5 says it should be, or holds what is refused: the text says how. Whoever knows the file turns it into a diagnostic.</summary>
internal sealed class Hdf5Exception(string message) : Exception(message);
