namespace ModelBuild.Engine.Tests;

[TestClass]
public class RecipeBinderTests
{
    private static readonly Dictionary<string, string> None = [];

    [TestMethod]
    public void Bind_MakesTheRecord_WhenKeysUnitsAndWordsAreRight()
    {
        BoundStep step = Bind("PRUNE(50%, Scope: GLOBAL, only: [Conv, '/a/*'], except: conv1)").Single();
        Assert.AreEqual(new Prune(0.5, Scope: PruneScope.Global) { Nodes = new(new(["Conv", "/a/*"]), new(["conv1"])) }, step.Pass);
    }

    [TestMethod]
    public void Bind_TakesDefaults_WhenOnlyTheFirstArgumentIsGiven() => Assert.AreEqual(new Prune(0.25), Bind("prune(0.25)").Single().Pass);

    [TestMethod]
    public void Bind_ReadsWordsWithDigitsAndDashes()
    {
        Assert.IsInstanceOfType<StoreFloat8E4M3>(Bind("quantize(fp8-e4m3fn)").Single().Pass);
        Assert.IsInstanceOfType<StoreFloat8E5M2>(Bind("quantize(FP8-E5M2, only: Conv)").Single().Pass);
    }

    [TestMethod]
    public void Bind_ChoosesTheRow_WhenTheFirstWordSaysWhich() => Assert.IsInstanceOfType<StoreFloat16>(Bind("quantize(FP16, except: Gemm)").Single().Pass);

    [TestMethod]
    [DataRow("keep(first, last)", true, true)]
    [DataRow("keep(Last)", false, true)]
    [DataRow("keep(first: true, last: false)", true, false)]
    public void Bind_TakesKeysOfWhatIsTrueOrFalse_AsWords(string recipe, bool first, bool last) => Assert.AreEqual(new KeepLayers(first, last), Bind(recipe).Single().Pass);

    [TestMethod]
    public void Bind_GivesNoSteps_WhenTheRecipeIsEmpty() => Assert.AreEqual(0, Bind("").Count);

    [TestMethod]
    public void Bind_ReplacesNamesByTheirSteps_WhenARecipeNamesRecipes()
    {
        var recipes = new Dictionary<string, string> { ["Edge"] = "prune(0.5) | half", ["Half"] = "Float16" };
        Assert.AreEqual("prune(0.5) | quantize(fp16) | prune(0.1)", string.Join(" | ", Bind("edge | prune(0.1)", recipes).Select(s => s.Text)));
    }

    [TestMethod]
    [DataRow("prun(0.5) | quantize(fp16)",
        "MB1002: 'prun' is neither a step nor a recipe; steps: keep, prune, activations, factorize, equalize, quantize, palettize, correct-bias, auto, encode; recipes: Default, Edge, Float16, Smallest; did you mean 'prune'?",
        "    prun(0.5) | quantize(fp16)",
        "    ^~~~")]
    [DataRow("prune(0.5, scoop: global)",
        "MB1003: prune: there is no key 'scoop'; keys: sparsity, threshold, scope, structure, rows, n, m, score, norm, solve, rounds, only, except, max-error; did you mean 'scope'?",
        "    prune(0.5, scoop: global)",
        "               ^~~~~")]
    [DataRow("prune(0.5, scope: globl)",
        "MB1004: prune: 'scope' is local or global, not globl; did you mean 'global'?",
        "    prune(0.5, scope: globl)",
        "                      ^~~~~")]
    [DataRow("prune(150%)",
        "MB1004: prune: 'sparsity' is a number from 0 to 1, not 150%",
        "    prune(150%)",
        "          ^~~~")]
    [DataRow("prune(half)",
        "MB1004: prune: 'sparsity' is a number from 0 to 1, not half",
        "    prune(half)",
        "          ^~~~")]
    [DataRow("prune(0.5, only: [Conv, 3])",
        "MB1004: prune: 'only' is a name, a pattern or an operator, or a list of them in [ ], not [Conv, 3]",
        "    prune(0.5, only: [Conv, 3])",
        "                     ^~~~~~~~~")]
    [DataRow("prune(0.5, sparsity: 0.4)",
        "MB1003: prune: 'sparsity' is given twice",
        "    prune(0.5, sparsity: 0.4)",
        "               ^~~~~~~~")]
    [DataRow("prune",
        "MB1003: prune: one of 'sparsity' and 'threshold' is needed: the share of the weights that become zero, or what they are at most",
        "    prune",
        "    ^~~~~")]
    [DataRow("prune(0.5, threshold: 0.1)",
        "MB1003: prune: one of 'sparsity' and 'threshold' is needed: the share of the weights that become zero, or what they are at most",
        "    prune(0.5, threshold: 0.1)",
        "    ^~~~~")]
    [DataRow("prune(0.5, rows: 8)",
        "MB1003: prune: 'rows' is of blocks: structure: block",
        "    prune(0.5, rows: 8)",
        "    ^~~~~")]
    [DataRow("prune(0.5, global)",
        "MB1001: only a step's first argument may lack its key; write KEY: global",
        "    prune(0.5, global)",
        "               ^~~~~~")]
    [DataRow("quantize(int8, minmax)",
        "MB1001: only a step's first argument may lack its key; write KEY: minmax",
        "    quantize(int8, minmax)",
        "                   ^~~~~~")]
    [DataRow("keep(first, lst)",
        "MB1001: only a step's first argument may lack its key; write KEY: lst",
        "    keep(first, lst)",
        "                ^~~")]
    [DataRow("keep(frist)",
        "MB1004: keep: frist is unknown; valid: first, last; did you mean 'first'?",
        "    keep(frist)",
        "         ^~~~~")]
    [DataRow("keep(first, last, first)",
        "MB1003: keep: 'first' is given twice",
        "    keep(first, last, first)",
        "                      ^~~~~")]
    [DataRow("keep()",
        "MB1003: keep: it needs what to keep: keep(first, last), keep(first), keep(last) or keep(only: NAMES)",
        "    keep()",
        "    ^~~~")]
    [DataRow("activations()",
        "MB1003: activations: one of 'threshold' and 'sparsity' is needed: what becomes zero, or which share of the numbers does",
        "    activations()",
        "    ^~~~~~~~~~~")]
    [DataRow("activations(-1)",
        "MB1004: activations: 'threshold' is a number of at least 0, not -1",
        "    activations(-1)",
        "                ^~")]
    [DataRow("quantize(int4, block: 32, activations: int8)",
        "MB1003: quantize: 'block' is of weights alone, valid with activations: float32: an integer layer has a scale for each output",
        "    quantize(int4, block: 32, activations: int8)",
        "    ^~~~~~~~")]
    [DataRow("quantize(binary, block: 32)",
        "MB1003: quantize: 'block' is of scales, and 'weights: binary' has two numbers an output instead",
        "    quantize(binary, block: 32)",
        "    ^~~~~~~~")]
    [DataRow("quantize(weights: int4, block: 4)",
        "MB1004: quantize: 'block' is a whole number from 8 to 1024, not 4",
        "    quantize(weights: int4, block: 4)",
        "                                   ^")]
    [DataRow("factorize()",
        "MB1003: factorize: one of 'rank' and 'energy' is needed: the channels between the two layers, or the share of the variance that they keep",
        "    factorize()",
        "    ^~~~~~~~~")]
    [DataRow("factorize(8, energy: 0.9)",
        "MB1003: factorize: one of 'rank' and 'energy' is needed: the channels between the two layers, or the share of the variance that they keep",
        "    factorize(8, energy: 0.9)",
        "    ^~~~~~~~~")]
    [DataRow("prune(0.5, rounds: 3)",
        "MB1003: prune: 'rounds' are of a share of weights, between which others are solved for: 'sparsity' with solve: layerwise",
        "    prune(0.5, rounds: 3)",
        "    ^~~~~")]
    [DataRow("auto()",
        "MB1003: auto: one of 'max-drop' and 'max-size' is needed",
        "    auto()",
        "    ^~~~")]
    [DataRow("prune(0.5, structure: nm)",
        "MB1003: prune: n of m weights stay with structure: nm, whatever they are: 'sparsity', 'threshold' and 'scope' are of others",
        "    prune(0.5, structure: nm)",
        "    ^~~~~")]
    [DataRow("prune(structure: nm, scope: global)",
        "MB1003: prune: n of m weights stay with structure: nm, whatever they are: 'sparsity', 'threshold' and 'scope' are of others",
        "    prune(structure: nm, scope: global)",
        "    ^~~~~")]
    [DataRow("prune(structure: channel)",
        "MB1003: prune: channels go by 'sparsity', the share of them that goes",
        "    prune(structure: channel)",
        "    ^~~~~")]
    [DataRow("prune(structure: channel, threshold: 0.1)",
        "MB1003: prune: channels go by 'sparsity', the share of them that goes",
        "    prune(structure: channel, threshold: 0.1)",
        "    ^~~~~")]
    [DataRow("prune(0.5, m: 4)",
        "MB1003: prune: 'n' and 'm' are of n:m: structure: nm",
        "    prune(0.5, m: 4)",
        "    ^~~~~")]
    [DataRow("prune(structure: nm, n: 4)",
        "MB1003: prune: 'n' is less than 'm': 4 of 4 are all",
        "    prune(structure: nm, n: 4)",
        "    ^~~~~")]
    [DataRow("palettize(9)",
        "MB1004: palettize: 'bits' is a whole number from 1 to 8, not 9",
        "    palettize(9)",
        "              ^")]
    [DataRow("palettize()",
        "MB1003: palettize: 'bits' is missing: a whole number from 1 to 8 (a codebook has at most two to the power of this values)",
        "    palettize()",
        "    ^~~~~~~~~")]
    [DataRow("quantize(binary, activations: int8)",
        "MB1003: quantize: 'weights: binary' is two numbers an output, which are no integers: valid with activations: float32; activations: int8 goes with int8, int4, int3, int2, ternary and quaternary",
        "    quantize(binary, activations: int8)",
        "    ^~~~~~~~")]
    [DataRow("quantize(fp61)",
        "MB1004: quantize: 'fp61' is unknown; valid: int8, fp16, fp8-e4m3fn, fp8-e5m2, int4, int3, int2, ternary, quaternary, binary; did you mean 'fp16'?",
        "    quantize(fp61)",
        "             ^~~~")]
    [DataRow("quantize()",
        "MB1003: quantize: the first argument says which: int8, fp16, fp8-e4m3fn, fp8-e5m2, int4, int3, int2, ternary, quaternary, binary",
        "    quantize()",
        "    ^~~~~~~~")]
    [DataRow("Edge(0.5)",
        "MB1003: Edge: a recipe takes no arguments",
        "    Edge(0.5)",
        "         ^~~")]
    public void Bind_NamesTheValidWords_WhenOneIsWrong(string recipe, string text, string excerpt, string caret)
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Bind(recipe, new() { ["Edge"] = "prune(0.5)" }));
        Assert.AreEqual($"app.csproj(7): error {text}\n{excerpt}\n{caret}", error.Message);
    }

    [TestMethod]
    public void Bind_ShowsTheNamedRecipe_WhenTheFaultIsInIt()
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Bind("Edge", new() { ["Edge"] = "prune(2)" }));
        Assert.AreEqual("app.csproj(7): error MB1004: prune: 'sparsity' is a number from 0 to 1, not 2 (recipe 'Edge')\n    prune(2)\n          ^", error.Message);
    }

    [TestMethod]
    [DataRow("prune", "'prune' is a step; give the recipe another name")]
    [DataRow("smallest", "a recipe of this name is built in; give it another name")]
    [DataRow("my recipe", "a name is a letter, then letters, digits and '-'")]
    [DataRow("", "a name is a letter, then letters, digits and '-'")]
    public void Bind_RefusesARecipesName_WhenItMeansSomethingElse(string name, string why)
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Bind("", new() { [name] = "prune(0.5)" }));
        Assert.AreEqual($"app.csproj(7): error MB1005: recipe '{name}': {why}", error.Message);
    }

    [TestMethod]
    public void Bind_NamesTheCircle_WhenRecipesContainEachOther()
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Bind("Start", new() { ["Start"] = "A", ["A"] = "prune(0.5) | b", ["B"] = "A" }));
        Assert.AreEqual("app.csproj(7): error MB1005: recipe 'A': it contains itself: A → B → A", error.Message);
    }

    [TestMethod]
    public void Bind_StopsAtALimit_WhenRecipesGrowWithoutBound()
    {
        Dictionary<string, string> recipes = Enumerable.Range(0, 60).ToDictionary(i => $"r{i}", i => i == 59 ? "" : $"r{i + 1} | r{i + 1}");
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => Bind("r0", recipes)).Message, "MB1005");
    }

    [TestMethod]
    public void BuiltIn_RecipesNameKnownSteps() =>
        Assert.IsTrue(RecipeTable.BuiltIn.All(b => RecipeParser.Parse(new RecipeSource(default, b.Steps, b.Name)).Steps.All(s => PassTable.Rows.Any(r => r.Name == s.Name))));

    [TestMethod]
    public void Rows_AreDocumentedAndDistinct_InThePassTable()
    {
        Assert.AreEqual(PassTable.Rows.Length, PassTable.Rows.Select(r => r.Title).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (PassRow row in PassTable.Rows)
            Assert.IsTrue(row.Doc.Length > 0 && row.Parameters.All(p => p.Doc.Length > 0 && p.Valid.Length > 0 && (p.Required || p.Default == null || p.DefaultText.Length > 0)), row.Title);
    }

    private static EquatableArray<BoundStep> Bind(string recipe, Dictionary<string, string>? recipes = null) =>
        RecipeBinder.Bind(new CompileRequest("digits.onnx", "Digits", "App", Recipe: recipe, Project: "app.csproj", Line: 7, Recipes: recipes ?? None));
}
