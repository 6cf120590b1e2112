namespace ModelBuild.Engine;

/// <summary>Reads matrix products.</summary>
internal static class OnnxProducts
{
    public static Op? Gemm(OnnxNode n)
    {
        var gemm = new Gemm(n.Float("alpha", 1), n.Float("beta", 1), n.Flag("transA"), n.Flag("transB"));
        if (n.IsFixed(1) && (!n.Has(2) || n.IsFixed(2)))
            return gemm;

        // B or C at run time: the same as a product and a sum.
        GraphBuilder b = n.Builder;
        gemm.Infer([n.InputType(0), n.InputType(1), n.Has(2) ? n.InputType(2) : null]);
        string left = gemm.TransA ? b.Add(n.Name, new Transpose(new([1, 0])), n.Inputs[0]) : n.Inputs[0];
        string right = gemm.TransB ? b.Add(n.Name, new Transpose(new([1, 0])), n.Inputs[1]) : n.Inputs[1];
        string product = Scaled(b, n.Name, b.Add(n.Name, new MatMul(), left, right), gemm.Alpha);
        if (n.Has(2))
            product = b.Add(n.Name, new Add(), product, Scaled(b, n.Name, n.Inputs[2], gemm.Beta));
        b.Add(new Node(n.Name, new Identity(), new([product]), new(n.Outputs)));
        return null;
    }

    private static string Scaled(GraphBuilder b, string name, string value, float factor) =>
        factor == 1 ? value : b.Add(name, new Mul(), value, b.AddConstant(b.Fresh(name), Tensor.Scalar(factor)));
}
