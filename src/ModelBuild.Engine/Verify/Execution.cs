namespace ModelBuild.Engine;

/// <summary>How an emitted model is run on samples: by <see cref="PlanRunner"/>, or as the class that is generated of it.</summary>
internal delegate IReadOnlyList<Tensor[]> Execution(Emitted emitted, IReadOnlyList<Tensor[]> samples);
