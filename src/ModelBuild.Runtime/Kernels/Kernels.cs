using System.ComponentModel;

namespace ModelBuild.Generated;

/// <summary>
/// What a plan's calls name: each takes the frame first, then arguments that calls give by name. A kernel is named Op, activation type, weight type
/// (<c>ConvF32F32</c>); a name or a parameter, once shipped, stays.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Kernels;
