namespace ModelBuild.Engine;

/// <summary>What auto() measured and tried.</summary>
/// <param name="Sensitivities">What a format costs the network's outputs where one layer alone has it: squared error by square.</param>
/// <param name="Trials">Whole assignments: bytes of weights, and the drop that calibration samples kept apart show.</param>
internal sealed record SearchTrace(IReadOnlyList<Sensitivity> Sensitivities, IReadOnlyList<Trial> Trials);

internal sealed record Sensitivity(string Layer, string Format, double Error);

internal sealed record Trial(int Bytes, double Drop, string Recipe, bool Chosen);
