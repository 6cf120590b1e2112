using Start;

// What is left of a start without a model.
var image = new float[64];
Image.Read(image);
return Image.Best(image);
