using Start;

var image = new float[Digits.Image.Length];
var scores = new float[Digits.Scores.Length];
Image.Read(image);
new Digits().Run(image, scores);
return Image.Best(scores);
